import {
  bodyOf,
  created,
  found,
  inRepository,
  ok,
  Refusal,
  type RepositoryCall,
  type Route,
} from "../http/route.ts";
import { reviewComment, review as reviewShape } from "../shapes/issues.ts";
import type { Review, Thread } from "../world/issues.ts";
import { now } from "../world/world.ts";
import { pullOf, requireNoWorkflow } from "./pulls.ts";

const states = {
  APPROVE: "APPROVED",
  REQUEST_CHANGES: "CHANGES_REQUESTED",
  COMMENT: "COMMENTED",
} as const;

interface ReviewBody {
  commit_id: string;
  body: string;
  event: keyof typeof states;
}

/** Reviews of pull requests and the conversations on their lines. */
export const reviewRoutes: Route[] = [
  inRepository("pulls/list-reviews", "pull_requests", "read", (call) =>
    ok(pullOf(call).reviews.map((each) => reviewShape(call.repository, each))),
  ),
  inRepository("pulls/create-review", "pull_requests", "write", review),
  inRepository("pulls/dismiss-review", "pull_requests", "write", (call) => {
    const known = found(pullOf(call).reviews.find(({ id }) => id === Number(call.path.review_id)));
    if (!call.world.holds(call.repository, call.actor, "write"))
      throw new Refusal(403, "Must have write access to dismiss a review.");
    known.state = "DISMISSED";
    return ok(reviewShape(call.repository, known));
  }),
  inRepository("pulls/list-review-comments", "pull_requests", "read", (call) =>
    ok(pullOf(call).threads.map((each) => reviewComment(call.repository, each))),
  ),
  inRepository("pulls/create-review-comment", "pull_requests", "write", (call) => {
    const {
      body = "",
      path = "",
      line = 1,
      commit_id: commit = "",
    } = bodyOf<Thread & { commit_id: string }>(call);
    const thread: Thread = {
      ...{ id: call.world.nextId(), author: call.actor, path, line, body, commit },
      ...{ isResolved: false, createdAt: now() },
    };
    pullOf(call).threads.push(thread);
    return created(reviewComment(call.repository, thread));
  }),
];

function review(call: RepositoryCall) {
  const pull = pullOf(call);
  const { event, body = "", commit_id: commit = pull.head.sha } = bodyOf<ReviewBody>(call);
  if (!event) throw new Error("the emulator has no pending reviews: send an event");
  if (event === "APPROVE") requireNoWorkflow(call);
  if (event !== "COMMENT" && pull.issue.author.id === call.actor.id)
    throw new Refusal(422, "Review Can not approve your own pull request");
  const made: Review = {
    ...{ id: call.world.nextId(), author: call.actor, state: states[event] },
    ...{ body, commit, submittedAt: now() },
  };
  pull.reviews.push(made);
  return ok(reviewShape(call.repository, made));
}
