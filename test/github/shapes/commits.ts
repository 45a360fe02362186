import type { BareRepository } from "../git/bare-repository.ts";

const fields = ["%H", "%T", "%P", "%an", "%ae", "%aI", "%cn", "%ce", "%cI", "%B"];

/** A commit as git has it; nobody's account is looked up by an address. */
export async function commit(git: BareRepository, revision: string) {
  const text = await git.git(["show", "--no-patch", `--format=${fields.join("%x00")}`, revision]);
  const [sha, tree, parents, ...rest] = text.split("\0");
  const [author, authorEmail, authored, committer, committerEmail, committed, message] = rest;
  return {
    ...{ sha, author: {}, committer: {} },
    parents: (parents ?? "")
      .split(" ")
      .filter(Boolean)
      .map((each) => ({ sha: each })),
    commit: {
      ...{ message: message?.trimEnd(), comment_count: 0, tree: { sha: tree } },
      author: { name: author, email: authorEmail, date: authored },
      committer: { name: committer, email: committerEmail, date: committed },
    },
  };
}
