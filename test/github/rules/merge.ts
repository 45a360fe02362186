import type { Account } from "../world/actors.ts";
import type { PullRequest } from "../world/issues.ts";
import type { MergeMethod, Repository } from "../world/repository.ts";
import type { Rule } from "../world/ruleset.ts";
import type { World } from "../world/world.ts";
import { bindingRules } from "./applying-rules.ts";
import { missingApprovals } from "./approvals.ts";
import { missingChecks } from "./checks.ts";
import { type Decision, decide } from "./decision.ts";

/** May somebody merge this pull request, this way? */
export async function judgeMerge(
  world: World,
  repository: Repository,
  actor: Account,
  pull: PullRequest,
  method: MergeMethod,
): Promise<Decision> {
  const { git } = repository;
  if (!world.holds(repository, actor, "write"))
    return decide([`Permission to ${repository.fullName} denied to ${actor.login}.`]);
  const base = await git.resolve(`refs/heads/${pull.base.ref}`);
  const reasons: (string | false | undefined)[] = [
    pull.issue.state === "closed" && "Pull Request is not open",
    pull.isDraft && "Pull Request is still a draft",
    !repository.mergeMethods.has(method) && `${method} is not allowed on this repository.`,
    base !== undefined && !(await git.mergedTree(base, pull.head.sha)) && "Merge conflict",
  ];
  const ref = `refs/heads/${pull.base.ref}`;
  for (const rule of bindingRules(world, repository, ref, actor, "merge"))
    reasons.push(...(await against(world, repository, rule, pull, method, base)));
  return decide(reasons);
}

async function against(
  world: World,
  repository: Repository,
  rule: Rule,
  pull: PullRequest,
  method: MergeMethod,
  base: string | undefined,
): Promise<(string | false | undefined)[]> {
  const { head } = pull;
  const { allowed_merge_methods: methods, strict_required_status_checks_policy: strict } =
    rule.parameters ?? {};
  switch (rule.type) {
    case "update":
      return ["Cannot update this protected ref."];
    case "required_linear_history":
      return [method === "merge" && "This branch must not contain merge commits."];
    case "pull_request":
      return [
        methods !== undefined &&
          !methods.includes(method) &&
          `Merge method ${method} is not allowed here.`,
        ...missingApprovals(world, repository, rule, pull),
      ];
    case "required_status_checks":
      return [
        ...missingChecks(repository, rule, head.sha),
        strict &&
          base !== undefined &&
          !(await repository.git.isAncestor(base, head.sha)) &&
          "This branch is out-of-date with the base branch.",
      ];
    default:
      return [];
  }
}
