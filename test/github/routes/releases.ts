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
import { release as shape } from "../shapes/deployments.ts";
import type { Release } from "../world/automation.ts";
import { now } from "../world/world.ts";
import { requirePush } from "./git.ts";

interface ReleaseBody {
  tag_name: string;
  target_commitish: string;
  previous_tag_name: string;
  name: string | null;
  body: string | null;
  draft: boolean;
  prerelease: boolean;
  generate_release_notes: boolean;
}

/** Releases; one of a tag that is not there makes it, as far as rules allow. */
export const releaseRoutes: Route[] = [
  inRepository("repos/list-releases", "contents", "read", ({ repository }) =>
    ok([...repository.releases].reverse().map(shape)),
  ),
  inRepository("repos/get-release-by-tag", "contents", "read", ({ repository, path }) =>
    ok(shape(found(repository.releases.find((each) => each.tag === path.tag && !each.isDraft)))),
  ),
  inRepository("repos/get-latest-release", "contents", "read", ({ repository: { releases } }) =>
    ok(shape(found(releases.findLast((each) => !each.isDraft && !each.isPrerelease)))),
  ),
  inRepository("repos/generate-release-notes", "contents", "write", async (call) => {
    const { tag_name: tag = "", previous_tag_name: previous } = bodyOf<ReleaseBody>(call);
    return ok({ name: tag, body: await notes(call, tag, previous) });
  }),
  inRepository("repos/create-release", "contents", "write", create),
  inRepository("repos/update-release", "contents", "write", (call) => {
    const known = releaseOf(call);
    const { name, body, draft, prerelease } = bodyOf<ReleaseBody>(call);
    if (name !== undefined) known.name = name;
    if (body !== undefined) known.body = body;
    if (draft !== undefined) known.isDraft = draft;
    if (prerelease !== undefined) known.isPrerelease = prerelease;
    return ok(shape(known));
  }),
  inRepository("repos/delete-release", "contents", "write", (call) => {
    const { releases } = call.repository;
    releases.splice(releases.indexOf(releaseOf(call)), 1);
    return noContent;
  }),
];

function releaseOf({ repository, path }: RepositoryCall): Release {
  return found(repository.releases.find(({ id }) => id === Number(path.release_id)));
}

async function create(call: RepositoryCall) {
  const { world, repository, actor } = call;
  const given = bodyOf<ReleaseBody>(call);
  const tag = given.tag_name ?? "";
  const target = given.target_commitish ?? repository.defaultBranch;
  const isDraft = given.draft ?? false;
  if (repository.releases.some((each) => each.tag === tag && !each.isDraft))
    throw new Refusal(422, "Validation Failed", {
      errors: [{ code: "already_exists", field: "tag_name" }],
    });
  if (!isDraft && !(await repository.git.readRef(`refs/tags/${tag}`)))
    await requirePush(call, `refs/tags/${tag}`, found(await repository.git.resolve(target)));
  const generated = given.generate_release_notes ? await notes(call, tag) : undefined;
  const body = [given.body, generated].filter(Boolean).join("\n\n") || null;
  const made: Release = {
    ...{ id: world.nextId(), tag, target, name: given.name ?? null, body, isDraft },
    ...{ isPrerelease: given.prerelease ?? false, author: actor, createdAt: now() },
  };
  repository.releases.push(made);
  return created(shape(made));
}

/** A line for each commit since the tag before, as far as there is one. */
async function notes(
  { repository }: RepositoryCall,
  tag: string,
  previous?: string,
): Promise<string> {
  const { git, defaultBranch } = repository;
  const to =
    (await git.resolve(`refs/tags/${tag}`)) ?? (await git.resolve(defaultBranch)) ?? "HEAD";
  const from = previous && (await git.resolve(`refs/tags/${previous}`));
  const range = from ? `${from}..${to}` : to;
  const lines = await git.git(["log", "--no-merges", "--format=* %s", range]);
  return `## What's Changed\n${lines}`;
}
