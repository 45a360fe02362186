import type { Account } from "../world/actors.ts";
import type { PullRequest, Review } from "../world/issues.ts";
import type { Repository } from "../world/repository.ts";
import type { Rule } from "../world/ruleset.ts";
import type { World } from "../world/world.ts";

/** What a rule still wants of a pull request's reviews and conversations. */
export function missingApprovals(
  world: World,
  repository: Repository,
  { parameters = {} }: Rule,
  pull: PullRequest,
): (string | false)[] {
  const standing = standingReviews(world, repository, pull);
  const approvals = standing.filter(({ state }) => state === "APPROVED");
  const wanted = parameters.required_approving_review_count ?? 0;
  const ofLastPush = approvals.some(
    ({ author, commit }) => commit === pull.head.sha && author.id !== pull.lastPusher.id,
  );
  return [
    wanted > approvals.length &&
      `At least ${wanted} approving review${wanted > 1 ? "s are" : " is"} required by reviewers with write access.`,
    wanted > 0 &&
      standing.some(({ state }) => state === "CHANGES_REQUESTED") &&
      "Changes were requested by a reviewer with write access.",
    Boolean(parameters.require_last_push_approval) &&
      !ofLastPush &&
      "The last push has to be approved by somebody else than who pushed it.",
    Boolean(parameters.required_review_thread_resolution) &&
      pull.threads.some(({ isResolved }) => !isResolved) &&
      "A conversation must be resolved before this pull request can be merged.",
  ];
}

/** The last word of each reviewer who counts, which takes write access; a comment is no word. */
function standingReviews(world: World, repository: Repository, pull: PullRequest): Review[] {
  const last = new Map<Account, Review>();
  for (const review of pull.reviews)
    if (review.state !== "COMMENTED") last.set(review.author, review);
  return [...last.values()].filter(
    ({ author, state }) => state !== "DISMISSED" && world.holds(repository, author, "write"),
  );
}
