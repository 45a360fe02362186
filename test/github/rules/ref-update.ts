import type { Account } from "../world/actors.ts";
import type { Repository } from "../world/repository.ts";
import type { Rule } from "../world/ruleset.ts";
import type { World } from "../world/world.ts";
import { bindingRules } from "./applying-rules.ts";
import { missingChecks } from "./checks.ts";
import { type Decision, decide } from "./decision.ts";

export interface RefUpdate {
  actor: Account;
  /** In full, such as `refs/heads/main`. */
  ref: string;
  /** What the ref holds; undefined when it is to be made. */
  before: string | undefined;
  /** What it is to hold; undefined when it is to be deleted. */
  after: string | undefined;
  /** Where git finds objects that are not in the repository yet. */
  objects?: NodeJS.ProcessEnv;
}

/** May somebody push this to a branch or a tag, forced or not? */
export async function judgeRefUpdate(
  world: World,
  repository: Repository,
  update: RefUpdate,
): Promise<Decision> {
  const { actor, ref, before, after } = update;
  if (repository.archived || !world.holds(repository, actor, "write"))
    return decide([`Permission to ${repository.fullName} denied to ${actor.login}.`]);
  if (!after && ref === `refs/heads/${repository.defaultBranch}`)
    return decide([`refusing to delete the current branch: ${ref}`]);
  const reasons: (string | false | undefined)[] = [];
  for (const rule of bindingRules(world, repository, ref, actor, "push"))
    reasons.push(...(await against(repository, rule, { ...update, before, after })));
  return decide(reasons);
}

async function against(
  repository: Repository,
  rule: Rule,
  { before, after, objects }: RefUpdate,
): Promise<(string | false | undefined)[]> {
  const { git } = repository;
  const isUpdate = before !== undefined && after !== undefined;
  switch (rule.type) {
    case "creation":
      return [!before && "Cannot create ref due to creations being restricted."];
    case "deletion":
      return [!after && "Cannot delete this ref."];
    case "update":
      return [isUpdate && "Cannot update this protected ref."];
    case "non_fast_forward":
      return [
        isUpdate &&
          !(await git.isAncestor(before, after, objects)) &&
          "Cannot force-push to this ref.",
      ];
    case "required_linear_history":
      return [
        after &&
          (await git.commitsBetween(before, after, ["--merges"], objects)).length > 0 &&
          "This branch must not contain merge commits.",
      ];
    // A branch may be made without one: GitHub looks at what changes a branch that is there.
    case "pull_request":
      return [isUpdate && "Changes must be made through a pull request."];
    case "required_status_checks":
      if (!after || (!before && rule.parameters?.do_not_enforce_on_create)) return [];
      return missingChecks(repository, rule, after);
    default:
      return [];
  }
}
