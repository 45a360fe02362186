import type { Account } from "../world/actors.ts";
import type { PullRequest } from "../world/issues.ts";
import type { Repository } from "../world/repository.ts";
import { now, type World } from "../world/world.ts";
import { applyingRules } from "./applying-rules.ts";
import type { Decision } from "./decision.ts";
import { judgeRefUpdate } from "./ref-update.ts";

/** Pushes a commit to a full ref, forced where need be, or deletes the ref; refused is what no rule lets through. */
export async function push(
  world: World,
  repository: Repository,
  actor: Account,
  ref: string,
  after: string | undefined,
): Promise<Decision> {
  const before = await repository.git.readRef(ref);
  const decision = await judgeRefUpdate(world, repository, { actor, ref, before, after });
  if (!decision.allowed) return decision;
  await repository.git.setRef(ref, after);
  await afterUpdate(repository, actor, ref, after);
  return decision;
}

/** What a changed branch means to the pull requests that come from it or go to it. */
export async function afterUpdate(
  repository: Repository,
  actor: Account,
  ref: string,
  after: string | undefined,
): Promise<void> {
  if (ref.startsWith("refs/heads/"))
    repository.lastPusher.set(ref.slice("refs/heads/".length), actor);
  for (const pull of repository.pulls.values()) {
    if (pull.issue.state === "closed") continue;
    if (ref === `refs/heads/${pull.head.ref}`) moveHead(repository, pull, actor, after);
    if (after && ref === `refs/heads/${pull.base.ref}`)
      await moveBase(repository, pull, actor, after);
  }
}

function moveHead(
  repository: Repository,
  pull: PullRequest,
  actor: Account,
  after: string | undefined,
): void {
  if (!after) {
    close(pull);
    return;
  }
  if (after === pull.head.sha) return;
  pull.head.sha = after;
  pull.lastPusher = actor;
  const dismisses = applyingRules(repository, `refs/heads/${pull.base.ref}`).some(
    ({ rule }) => rule.parameters?.dismiss_stale_reviews_on_push,
  );
  for (const review of dismisses ? pull.reviews : [])
    if (review.state === "APPROVED") review.state = "DISMISSED";
}

/** A pull request whose commits came into its base by a push is merged. */
async function moveBase(
  { git }: Repository,
  pull: PullRequest,
  actor: Account,
  after: string,
): Promise<void> {
  const isIn = pull.head.sha !== pull.base.sha && (await git.isAncestor(pull.head.sha, after));
  pull.base.sha = after;
  if (!isIn) return;
  pull.merge = { sha: after, method: "merge", by: actor, at: now() };
  close(pull);
}

export function close({ issue }: PullRequest): void {
  Object.assign(issue, { state: "closed", closedAt: now(), updatedAt: now() });
}
