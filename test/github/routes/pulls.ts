import { writeMerge } from "../git/merge.ts";
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
import { judgeMerge } from "../rules/merge.ts";
import { afterUpdate, close } from "../rules/push.ts";
import { fullPull, simplePull } from "../shapes/pulls.ts";
import type { PullRequest } from "../world/issues.ts";
import type { MergeMethod } from "../world/repository.ts";
import { actionsApp, now } from "../world/world.ts";
import { makeIssue } from "./make-issue.ts";

interface PullBody {
  title: string;
  body: string | null;
  head: string;
  base: string;
  draft: boolean;
  state: "open" | "closed";
}

export const pullRoutes: Route[] = [
  inRepository("pulls/create", "pull_requests", "write", create),
  inRepository("pulls/get", "pull_requests", "read", async (call) =>
    ok(await fullPull(call.repository, pullOf(call))),
  ),
  inRepository("pulls/list", "pull_requests", "read", ({ repository, query }) => {
    const { state = "open", base } = query;
    const head = query.head && String(query.head).split(":").at(-1);
    const all = [...repository.pulls.values()].filter(
      (each) =>
        (state === "all" || each.issue.state === state) &&
        (!base || each.base.ref === base) &&
        (!head || each.head.ref === head),
    );
    return ok(all.reverse().map((each) => simplePull(repository, each)));
  }),
  inRepository("pulls/update", "pull_requests", "write", async (call) => {
    const pull = pullOf(call);
    const { title, body, state } = bodyOf<PullBody>(call);
    Object.assign(pull.issue, { ...(title && { title }), ...(body !== undefined && { body }) });
    if (state === "closed") close(pull);
    return ok(await fullPull(call.repository, pull));
  }),
  inRepository(
    "repos/list-pull-requests-associated-with-commit",
    "pull_requests",
    "read",
    ofCommit,
  ),
  inRepository("pulls/merge", "contents", "write", merge),
];

export function pullOf({ repository, path }: RepositoryCall): PullRequest {
  return found(repository.pulls.get(Number(path.pull_number)));
}

/** Refuses a workflow's token where the repository does not let it open and approve pull requests. */
export function requireNoWorkflow({ repository, actor }: RepositoryCall): void {
  if (actor.appId === actionsApp && !repository.workflowsMayApprove)
    throw new Refusal(403, "GitHub Actions is not permitted to create or approve pull requests.");
}

async function create(call: RepositoryCall) {
  requireNoWorkflow(call);
  const { repository, actor } = call;
  const {
    title = "",
    body = null,
    head: from = "",
    base: to = "",
    draft = false,
  } = bodyOf<PullBody>(call);
  const ref = from.split(":").at(-1) ?? "";
  const head = await repository.git.resolve(`refs/heads/${ref}`);
  const base = await repository.git.resolve(`refs/heads/${to}`);
  if (!head || !base)
    throw new Refusal(422, "Validation Failed", {
      errors: [{ field: head ? "base" : "head", code: "invalid" }],
    });
  if ((await repository.git.commitsBetween(base, head)).length === 0)
    throw new Refusal(422, `No commits between ${to} and ${ref}`);
  const issue = makeIssue(call, title, body);
  const pull: PullRequest = {
    ...{ issue, head: { ref, sha: head }, base: { ref: to, sha: base }, isDraft: draft },
    ...{ reviews: [], threads: [], lastPusher: repository.lastPusher.get(ref) ?? actor },
  };
  repository.pulls.set(issue.number, pull);
  return created(await fullPull(repository, pull));
}

/** Pull requests that brought a commit, or that are to bring it. */
async function ofCommit({ repository, path }: RepositoryCall) {
  const { git } = repository;
  const commit = found(await git.resolve(path.commit_sha ?? ""));
  const all: unknown[] = [];
  for (const pull of repository.pulls.values()) {
    const isOfHead =
      (await git.isAncestor(commit, pull.head.sha)) &&
      !(await git.isAncestor(commit, pull.base.sha));
    if (isOfHead || pull.merge?.sha === commit) all.push(simplePull(repository, pull));
  }
  return ok(all);
}

async function merge(call: RepositoryCall) {
  const { world, repository, actor } = call;
  const body = bodyOf<{ sha: string; merge_method: MergeMethod; commit_title: string }>(call);
  const pull = pullOf(call);
  const { issue, head, base } = pull;
  const method = body.merge_method ?? "merge";
  if (body.sha && body.sha !== head.sha)
    throw new Refusal(409, "Head branch was modified. Review and try the merge again.");
  const { allowed, reasons } = await judgeMerge(world, repository, actor, pull, method);
  if (!allowed) throw new Refusal(405, reasons.join("\n"));
  const ref = `refs/heads/${base.ref}`;
  const tip = found(await repository.git.resolve(ref));
  const title =
    body.commit_title ??
    (method === "merge"
      ? `Merge pull request #${issue.number} from ${head.ref}`
      : `${issue.title} (#${issue.number})`);
  const sha = await writeMerge(repository.git, method, tip, head.sha, title, actor.login);
  await repository.git.setRef(ref, sha);
  pull.merge = { sha, method, by: actor, at: now() };
  close(pull);
  await afterUpdate(repository, actor, ref, sha);
  return ok({ sha, merged: true, message: "Pull Request successfully merged" });
}
