import {
  bodyOf,
  created,
  found,
  inRepository,
  noContent,
  ok,
  Refusal,
  type RepositoryCall,
  type Route,
} from "../http/route.ts";
import { comment as commentShape, issue as issueShape, label } from "../shapes/issues.ts";
import type { Permission } from "../world/actors.ts";
import type { Comment, Issue } from "../world/issues.ts";
import { now } from "../world/world.ts";
import { makeIssue } from "./make-issue.ts";
import { searchIssues } from "./search-issues.ts";

interface IssueBody {
  title: string;
  body: string;
  labels: (string | { name: string })[];
  state: "open" | "closed";
  state_reason: string | null;
}

/** A pull request's conversation is an issue's. */
const commenting: Permission[] = ["issues", "pull_requests"];

export const issueRoutes: Route[] = [
  inRepository("issues/create", "issues", "write", (call) => {
    const { title = "", body, labels = [] } = bodyOf<IssueBody>(call);
    const made = makeIssue(call, String(title), body ?? null);
    made.labels = labels.map(nameOf);
    return created(issueShape(call.repository, made));
  }),
  inRepository("issues/get", "issues", "read", (call) =>
    ok(issueShape(call.repository, issueOf(call))),
  ),
  inRepository("issues/list-for-repo", "issues", "read", ({ repository, query }) => {
    const state = query.state ?? "open";
    const wanted = query.labels ? String(query.labels).split(",") : [];
    const all = [...repository.issues.values()].filter(
      (each) =>
        (state === "all" || each.state === state) &&
        wanted.every((name) => each.labels.includes(name)),
    );
    return ok(all.reverse().map((each) => issueShape(repository, each)));
  }),
  inRepository("issues/update", "issues", "write", (call) => {
    const known = issueOf(call);
    const { title, body, labels, state, state_reason: reason } = bodyOf<IssueBody>(call);
    if (title !== undefined) known.title = title;
    if (body !== undefined) known.body = body;
    if (labels) known.labels = labels.map(nameOf);
    if (state && state !== known.state) {
      known.state = state;
      known.stateReason = reason ?? (state === "closed" ? "completed" : "reopened");
      known.closedAt = state === "closed" ? now() : null;
    }
    known.updatedAt = now();
    return ok(issueShape(call.repository, known));
  }),
  inRepository("issues/add-labels", "issues", "write", (call) => {
    const known = issueOf(call);
    const { labels = [] } = bodyOf<IssueBody>(call);
    known.labels = [...new Set([...known.labels, ...labels.map(nameOf)])];
    return ok(known.labels.map(label));
  }),
  inRepository("issues/list-comments", commenting, "read", (call) =>
    ok(issueOf(call).comments.map((each) => commentShape(call.repository, each))),
  ),
  inRepository("issues/create-comment", commenting, "write", (call) => {
    const { world, repository, actor } = call;
    const { body = "" } = bodyOf<Comment>(call);
    const times = { createdAt: now(), updatedAt: now() };
    const made: Comment = { id: world.nextId(), author: actor, body, ...times };
    issueOf(call).comments.push(made);
    return created(commentShape(repository, made));
  }),
  inRepository("issues/get-comment", commenting, "read", (call) =>
    ok(commentShape(call.repository, commentOf(call).comment)),
  ),
  inRepository("issues/update-comment", commenting, "write", (call) => {
    const { comment } = commentOf(call);
    comment.body = bodyOf<Comment>(call).body ?? "";
    comment.updatedAt = now();
    return ok(commentShape(call.repository, comment));
  }),
  inRepository("issues/delete-comment", commenting, "write", (call) => {
    const { issue, comment } = commentOf(call);
    issue.comments.splice(issue.comments.indexOf(comment), 1);
    return noContent;
  }),
  { operation: "search/issues-and-pull-requests", answer: searchIssues },
];

function nameOf(given: string | { name: string }): string {
  return typeof given === "string" ? given : given.name;
}

function issueOf({ repository, path }: RepositoryCall): Issue {
  return found(repository.issues.get(Number(path.issue_number)));
}

function commentOf({ repository, path }: RepositoryCall): { issue: Issue; comment: Comment } {
  for (const issue of repository.issues.values()) {
    const comment = issue.comments.find(({ id }) => id === Number(path.comment_id));
    if (comment) return { issue, comment };
  }
  throw new Refusal(404, "Not Found");
}
