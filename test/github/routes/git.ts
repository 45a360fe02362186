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
import { applyingRules } from "../rules/applying-rules.ts";
import { push } from "../rules/push.ts";
import { commit } from "../shapes/commits.ts";
import type { Repository } from "../world/repository.ts";

/** Refs, branches, tags and commits. What changes a ref is a push, and rules are heeded. */
export const gitRoutes: Route[] = [
  inRepository("git/get-ref", "contents", "read", async ({ repository, path }) =>
    ok(await refOf(repository, `refs/${path.ref}`)),
  ),
  inRepository("git/list-matching-refs", "contents", "read", async ({ repository, path }) => {
    const refs = Object.keys(await repository.git.refs());
    const matching = refs.filter((each) => each.startsWith(`refs/${path.ref}`));
    return ok(await Promise.all(matching.map((each) => refOf(repository, each))));
  }),
  inRepository("git/create-ref", "contents", "write", async (call) => {
    const { ref = "", sha = "" } = bodyOf<{ ref: string; sha: string }>(call);
    const { git } = call.repository;
    if (await git.readRef(ref)) throw new Refusal(422, "Reference already exists");
    if (!(await git.readRef(`${sha}^{object}`))) throw new Refusal(422, "Object does not exist");
    await requirePush(call, ref, sha);
    return created(await refOf(call.repository, ref));
  }),
  inRepository("git/update-ref", "contents", "write", async (call) => {
    const { sha = "", force = false } = bodyOf<{ sha: string; force: boolean }>(call);
    const ref = `refs/${call.path.ref}`;
    const before = await call.repository.git.resolve(ref);
    if (!before) throw new Refusal(422, "Reference does not exist");
    if (!force && !(await call.repository.git.isAncestor(before, sha)))
      throw new Refusal(422, "Update is not a fast forward");
    await requirePush(call, ref, sha);
    return ok(await refOf(call.repository, ref));
  }),
  inRepository("git/delete-ref", "contents", "write", async (call) => {
    const ref = `refs/${call.path.ref}`;
    if (!(await call.repository.git.readRef(ref)))
      throw new Refusal(422, "Reference does not exist");
    await requirePush(call, ref, undefined);
    return noContent;
  }),
  inRepository("git/create-tag", "contents", "write", async (call) => {
    const body = bodyOf<{ tag: string; message: string; object: string; type: string }>(call);
    const { tag = "", message = "", object = "", type = "" } = body;
    const tagger = { name: call.actor.login, email: `${call.actor.login}@example.com` };
    const seconds = Math.floor(Date.now() / 1000);
    const text = `object ${object}\ntype ${type}\ntag ${tag}\ntagger ${tagger.name} <${tagger.email}> ${seconds} +0000\n\n${message}\n`;
    const sha = await call.repository.git.git(["mktag"], text);
    const date = new Date(seconds * 1000).toISOString();
    return created({
      sha,
      tag,
      message,
      tagger: { ...tagger, date },
      object: { sha: object, type },
    });
  }),
  inRepository("repos/get-branch", "contents", "read", async ({ repository, path }) => {
    const tip = found(await repository.git.resolve(`refs/heads/${path.branch}`));
    const isProtected = applyingRules(repository, `refs/heads/${path.branch}`).length > 0;
    const shape = {
      name: path.branch,
      protected: isProtected,
      protection: { enabled: isProtected },
    };
    return ok({ ...shape, commit: await commit(repository.git, tip) });
  }),
  inRepository("repos/list-branches", "contents", "read", async ({ repository }) => {
    const refs = Object.entries(await repository.git.refs("refs/heads"));
    return ok(
      refs.map(([ref, sha]) => ({
        ...{ name: ref.slice("refs/heads/".length), commit: { sha } },
        protected: applyingRules(repository, ref).length > 0,
      })),
    );
  }),
  inRepository("repos/list-tags", "contents", "read", async ({ repository: { git } }) => {
    const refs = Object.keys(await git.refs("refs/tags"));
    const tags = refs.map(async (ref) => ({
      ...{ name: ref.slice("refs/tags/".length), commit: { sha: await git.resolve(ref) } },
    }));
    return ok(await Promise.all(tags));
  }),
  inRepository("repos/get-commit", "contents", "read", async ({ repository, path }) =>
    ok(await commit(repository.git, found(await repository.git.resolve(path.ref ?? "")))),
  ),
  inRepository("repos/list-commits", "contents", "read", async ({ repository, query }) => {
    const { git, defaultBranch } = repository;
    const tip = found(await git.resolve(String(query.sha ?? defaultBranch)));
    const commits = (await git.commitsBetween(undefined, tip)).reverse();
    return ok(await Promise.all(commits.map((each) => commit(git, each))));
  }),
  inRepository("repos/compare-commits-with-basehead", "contents", "read", compare),
];

/** What a full ref holds. */
async function refOf({ git }: Repository, ref: string) {
  const sha = found(await git.readRef(ref));
  return { ref, object: { sha, type: await git.git(["cat-file", "-t", sha]) } };
}

/** Pushes for the caller, or refuses as GitHub does. */
export async function requirePush(
  { world, repository, actor }: RepositoryCall,
  ref: string,
  after: string | undefined,
): Promise<void> {
  const { allowed, reasons } = await push(world, repository, actor, ref, after);
  if (!allowed) throw new Refusal(422, `Repository rule violations found\n\n${reasons.join("\n")}`);
}

async function compare({ repository: { git }, path }: RepositoryCall) {
  const [from = "", to = ""] = (path.basehead ?? "").split("...");
  const base = found(await git.resolve(from));
  const head = found(await git.resolve(to));
  const ahead = await git.commitsBetween(base, head);
  const behind = await git.commitsBetween(head, base);
  const status =
    ahead.length > 0
      ? behind.length > 0
        ? "diverged"
        : "ahead"
      : behind.length > 0
        ? "behind"
        : "identical";
  return ok({
    ...{ status, ahead_by: ahead.length, behind_by: behind.length, total_commits: ahead.length },
    base_commit: await commit(git, base),
    merge_base_commit: await commit(git, await git.git(["merge-base", base, head])),
    commits: await Promise.all(ahead.map((each) => commit(git, each))),
    files: [],
  });
}
