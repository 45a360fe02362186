import type { Account } from "../world/actors.ts";
import type { Comment, Issue, Review, Thread } from "../world/issues.ts";
import type { Repository } from "../world/repository.ts";
import { simpleUser } from "./accounts.ts";

export function label(name: string) {
  return { id: 1, name, description: null, color: "ededed", default: false };
}

/** How somebody belongs to a repository, by the word that stands beside what they write. */
export function association({ owner, roles }: Repository, account: Account): string {
  if (owner.id === account.id) return "OWNER";
  if (owner.members.has(account.login)) return "MEMBER";
  return roles.has(account.login) ? "COLLABORATOR" : "NONE";
}

export function issue(repository: Repository, given: Issue) {
  return {
    ...{ id: given.id, number: given.number, title: given.title, body: given.body },
    ...{ state: given.state, state_reason: given.stateReason, user: simpleUser(given.author) },
    ...{ labels: given.labels.map(label), comments: given.comments.length, locked: false },
    ...{ assignee: null, assignees: [], milestone: null },
    ...{ created_at: given.createdAt, updated_at: given.updatedAt, closed_at: given.closedAt },
    author_association: association(repository, given.author),
    ...(repository.pulls.has(given.number) && { pull_request: pullAddresses }),
  };
}

/** Only that it is there tells an issue from a pull request. */
const pullAddresses = { diff_url: null, html_url: null, patch_url: null, url: null };

export function comment(repository: Repository, { id, author, body, ...times }: Comment) {
  return {
    ...{ id, body, user: simpleUser(author), performed_via_github_app: null },
    ...{ created_at: times.createdAt, updated_at: times.updatedAt },
    author_association: association(repository, author),
  };
}

export function review(repository: Repository, given: Review) {
  const { id, author, state, body, commit, submittedAt } = given;
  return {
    ...{ id, state, body, user: simpleUser(author), commit_id: commit, submitted_at: submittedAt },
    author_association: association(repository, author),
  };
}

export function reviewComment(repository: Repository, given: Thread) {
  const { id, author, path, line, body, commit, createdAt } = given;
  return {
    ...{ id, body, path, line, side: "RIGHT", diff_hunk: "", user: simpleUser(author) },
    ...{ pull_request_review_id: null, commit_id: commit, original_commit_id: commit },
    ...{ created_at: createdAt, updated_at: createdAt, subject_type: "line" },
    author_association: association(repository, author),
  };
}
