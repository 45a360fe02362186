import type { Repository } from "../world/repository.ts";
import type { Rule } from "../world/ruleset.ts";

const passing = new Set(["success", "neutral", "skipped"]);

/** The required checks that a commit has not passed, each with the words for it. */
export function missingChecks(repository: Repository, rule: Rule, sha: string): string[] {
  return (rule.parameters?.required_status_checks ?? [])
    .filter(({ context, integration_id: app }) => !hasPassed(repository, sha, context, app))
    .map(({ context }) => `Required status check "${context}" is expected.`);
}

/** Of some contexts those that a commit has not passed; of all that it has, where none are named. */
export function unpassedContexts(
  repository: Repository,
  sha: string,
  contexts?: string[],
): string[] {
  const own = [
    ...repository.checkRuns.filter((each) => each.sha === sha).map(({ name }) => name),
    ...repository.statuses.filter((each) => each.sha === sha).map(({ context }) => context),
  ];
  return (contexts ?? [...new Set(own)]).filter((each) => !hasPassed(repository, sha, each));
}

/** The last word on a context counts, whether a status or a check run says it. */
function hasPassed(
  repository: Repository,
  sha: string,
  context: string,
  app?: number | null,
): boolean {
  const run = repository.checkRuns.findLast(
    (each) => each.sha === sha && each.name === context && (!app || each.appId === app),
  );
  if (run) return run.status === "completed" && passing.has(run.conclusion ?? "");
  const status = repository.statuses.findLast(
    (each) => each.sha === sha && each.context === context && (!app || each.creator.appId === app),
  );
  return status?.state === "success";
}
