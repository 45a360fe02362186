import { approversOf } from "../../infra/github/plan-limits.ts";
import type { RepositorySettings } from "../../infra/schema/repository.ts";
import type { RunningRepository } from "./github.ts";
import { requireTarget } from "./require-target.ts";

/** Why somebody's word does not count for a deploy of a commit; undefined when it does. */
export async function whyNotApprover(
  settings: RepositorySettings,
  { octokit, place }: RunningRepository,
  { stack, commit, login }: { stack: string; commit: string; login: string },
): Promise<string | undefined> {
  const target = requireTarget(settings, stack);
  const approvers = approversOf(settings, target);
  if (!approvers.some((each) => each.toLowerCase() === login.toLowerCase())) {
    return `@${login} may not approve a deploy to ${stack}; ${approvers.join(", ")} may`;
  }
  if (!settings.environments[target].preventSelfReview) return;
  const { data } = await octokit.repos.listPullRequestsAssociatedWithCommit({
    ...{ ...place, commit_sha: commit },
  });
  const { data: own } = await octokit.repos.getCommit({ ...place, ref: commit });
  const authors = [own.author?.login, ...data.map(({ user }) => user?.login)];
  if (!authors.includes(login)) return;
  return `@${login} wrote what would be deployed to ${stack}, and somebody else has to approve it`;
}
