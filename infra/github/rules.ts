import { refRules } from "../../components/ref-rules.ts";
import type { RepositorySettings } from "../schema/repository.ts";
import { branchingOf } from "./branching.ts";
import { featuresOf } from "./plan-limits.ts";
import type { Repository } from "./reach-repository.ts";

/** The rules of the branching model, where GitHub enforces any. */
export function declareRules(
  settings: RepositorySettings,
  { name: repository, provider }: Repository,
): void {
  if (!featuresOf(settings).rulesets) return;
  for (const { name, ...rules } of branchingOf(settings).rules) {
    refRules(name, { repository, ...rules }, { provider });
  }
}
