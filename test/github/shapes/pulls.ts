import type { PullRequest } from "../world/issues.ts";
import type { Repository } from "../world/repository.ts";
import { simpleUser } from "./accounts.ts";
import { association, label } from "./issues.ts";
import { fullRepository } from "./repository.ts";

/** A pull request in a list. */
export function simplePull(repository: Repository, pull: PullRequest) {
  const { issue, merge } = pull;
  const side = ({ ref, sha }: PullRequest["head"]) => ({
    ...{ label: `${repository.owner.login}:${ref}`, ref, sha },
    ...{ user: simpleUser(repository.owner), repo: fullRepository(repository, "read") },
  });
  return {
    ...{ id: issue.id, number: issue.number, title: issue.title, body: issue.body },
    ...{ state: issue.state, locked: false, draft: pull.isDraft, user: simpleUser(issue.author) },
    ...{ labels: issue.labels.map(label), milestone: null, assignee: null, auto_merge: null },
    ...{ created_at: issue.createdAt, updated_at: issue.updatedAt, closed_at: issue.closedAt },
    ...{ merged_at: merge?.at ?? null, merge_commit_sha: merge?.sha ?? null },
    ...{ head: side(pull.head), base: side(pull.base) },
    author_association: association(repository, issue.author),
  };
}

/** A pull request that was asked for. */
export async function fullPull(repository: Repository, pull: PullRequest) {
  const { git } = repository;
  const { issue, merge, head, base } = pull;
  const tip = await git.resolve(`refs/heads/${base.ref}`);
  const isOpen = issue.state === "open";
  const mergeable = isOpen && tip ? (await git.mergedTree(tip, head.sha)) !== undefined : null;
  const commits = merge ? [] : await git.commitsBetween(base.sha, head.sha);
  return {
    ...simplePull(repository, pull),
    ...{ merged: merge !== undefined, merged_by: merge ? simpleUser(merge.by) : null },
    ...{ mergeable, mergeable_state: mergeable === false ? "dirty" : "unknown" },
    ...{ comments: issue.comments.length, review_comments: pull.threads.length },
    ...{ commits: commits.length, additions: 0, deletions: 0, changed_files: 0 },
    maintainer_can_modify: false,
  };
}
