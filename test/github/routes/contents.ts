import { posix } from "node:path";
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
import { commit } from "../shapes/commits.ts";
import type { Repository } from "../world/repository.ts";
import { requirePush } from "./git.ts";

interface FileBody {
  message: string;
  content: string;
  sha: string;
  branch: string;
}

/** Files of a commit, read and written. */
export const contentRoutes: Route[] = [
  inRepository("repos/get-content", "contents", "read", async ({ repository, path, query }) => {
    const ref = String(query.ref ?? repository.defaultBranch);
    const [entry, ...others] = await list(repository, ref, path.path ?? "");
    if (!entry) throw new Refusal(404, "Not Found");
    if (others.length > 0 || entry.path !== path.path) return ok([entry, ...others]);
    return ok(await withContent(repository, entry));
  }),
  inRepository("repos/create-or-update-file-contents", "contents", "write", write),
];

async function write(call: RepositoryCall) {
  const { repository, path, actor } = call;
  const { git } = repository;
  const {
    message = "",
    content = "",
    sha,
    branch = repository.defaultBranch,
  } = bodyOf<FileBody>(call);
  const tip = found(await git.resolve(`refs/heads/${branch}`));
  const [known] = await list(repository, tip, path.path ?? "");
  if (known?.sha !== sha) throw new Refusal(409, `${path.path} does not match ${sha}`);
  const text = Buffer.from(content, "base64").toString();
  const files = { [path.path ?? ""]: text };
  const made = await git.commit({ parents: [tip], files, message, author: actor.login });
  await requirePush(call, `refs/heads/${branch}`, made);
  const [entry] = await list(repository, made, path.path ?? "");
  const body = { content: entry, commit: await commit(git, made) };
  return known ? ok(body) : created(body);
}

interface Entry {
  type: "file" | "dir";
  sha: string;
  size: number;
  name: string;
  path: string;
}

/** A file, or what lies in a directory. */
async function list({ git }: Repository, ref: string, path: string): Promise<Entry[]> {
  const tip = found(await git.resolve(ref));
  const id = path ? await git.readRef(`${tip}:${path}`) : tip;
  if (!id) return [];
  const isFile = (await git.git(["cat-file", "-t", id])) === "blob";
  const inside = path ? [isFile ? path : `${path}/`] : [];
  const text = await git.git(["ls-tree", "--long", tip, ...inside]);
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [facts = "", at = ""] = line.split("\t");
      const [, kind, sha = "", size] = facts.split(/\s+/);
      const type = kind === "tree" ? "dir" : "file";
      return { type, sha, size: Number(size) || 0, name: posix.basename(at), path: at };
    });
}

async function withContent({ git }: Repository, entry: Entry) {
  const content = Buffer.from(await git.blob(entry.sha)).toString("base64");
  return { ...entry, encoding: "base64", content };
}
