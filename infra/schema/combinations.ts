import type { z } from "zod";
import { certificateRules } from "./certificate-rules.ts";
import { consumerRules } from "./consumer-rules.ts";
import { platformRules } from "./platform-rules.ts";
import { referenceRules } from "./reference-rules.ts";
import { routeRules } from "./route-rules.ts";
import type { StackSettings } from "./stack.ts";
import { variableRules } from "./variable-rules.ts";

const rules = [
  ...platformRules,
  ...certificateRules,
  ...consumerRules,
  ...routeRules,
  ...referenceRules,
  ...variableRules,
];

/** Adds an issue for each combination of settings that cannot work. */
export function combinations(
  settings: StackSettings,
  context: z.core.$RefinementCtx<StackSettings>,
): void {
  const broken = new Set(
    context.issues
      .filter((issue) => issue.code !== "unrecognized_keys" && !isOneImage(issue.path))
      .map((issue) => issue.path?.[0]),
  );
  for (const { reads, find } of rules) {
    if (reads.some((key) => broken.has(key))) continue;
    for (const { path, allowed, example } of find(settings)) {
      context.addIssue({ code: "custom", path, message: allowed, params: { example } });
    }
  }
}

/** Images stand side by side: one that is missing or wrong says nothing of the others. */
function isOneImage(path: PropertyKey[] = []): boolean {
  return path[0] === "images" && path.length > 1;
}
