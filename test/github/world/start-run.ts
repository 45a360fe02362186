import type { Account } from "./actors.ts";
import type { Run } from "./automation.ts";
import type { Repository } from "./repository.ts";
import type { World } from "./world.ts";

/** Starts a run of a workflow on a full ref, whose jobs wait for the environments that are named. */
export function startRun(
  world: World,
  repository: Repository,
  actor: Account,
  workflow: string,
  ref: string,
  waiting: string[] = [],
): Run {
  const run: Run = {
    ...{ id: world.nextId(), workflow, ref, actor },
    ...{ waiting: new Set(waiting), approvals: [] },
  };
  repository.runs.push(run);
  return run;
}
