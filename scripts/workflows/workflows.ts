import type { Target } from "../../infra/github/branching/branching-model.ts";
import { branchingOf } from "../../infra/github/branching.ts";
import { gateOf } from "../../infra/github/plan-limits.ts";
import type { RepositorySettings } from "../../infra/schema/repository.ts";
import { approval } from "./approval.ts";
import { checks } from "./checks.ts";
import { deploy } from "./deploy.ts";
import { drift } from "./drift.ts";
import { preview } from "./preview.ts";
import { rollback } from "./rollback.ts";
import { render, type Workflow } from "./workflow.ts";

/** Every workflow of a repository, by the name of its file. */
export function workflowFiles(settings: RepositorySettings): Map<string, string> {
  const targets = Object.keys(branchingOf(settings).deploys) as Target[];
  const files: [string, Workflow][] = [
    ["checks", checks()],
    ["preview", preview(settings)],
    ...targets.flatMap((target): [string, Workflow][] => [
      [`deploy-${target}`, deploy(settings, target)],
      [`rollback-${target}`, rollback(settings, target)],
    ]),
    ["drift", drift(settings)],
  ];
  if (targets.some((target) => gateOf(settings, target) === "comment")) {
    files.push(["approval", approval()]);
  }
  return new Map(files.map(([name, workflow]) => [`${name}.yml`, render(workflow)]));
}
