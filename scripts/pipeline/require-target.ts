import type { Target } from "../../infra/github/branching/branching-model.ts";
import { branchingOf } from "../../infra/github/branching.ts";
import type { RepositorySettings } from "../../infra/schema/repository.ts";
import { Failure } from "../failure.ts";

/** A stack that the branching model deploys; fails for any other. */
export function requireTarget(settings: RepositorySettings, stack: string): Target {
  const targets = Object.keys(branchingOf(settings).deploys);
  if (targets.includes(stack)) return stack as Target;
  throw new Failure(`${settings.branching} deploys no ${stack}, but ${targets.join(", ")}`);
}
