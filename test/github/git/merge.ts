import type { MergeMethod } from "../world/repository.ts";
import type { BareRepository } from "./bare-repository.ts";

/** Writes the commit that a merge of `head` into `base` makes, and returns its id. They must not conflict. */
export async function writeMerge(
  git: BareRepository,
  method: MergeMethod,
  base: string,
  head: string,
  message: string,
  author: string,
): Promise<string> {
  if (method === "rebase") return rebase(git, base, head, author);
  const tree = await mergedTree(git, base, head);
  const parents = method === "merge" ? [base, head] : [base];
  return git.commitTree(tree, parents, message, author);
}

/** Each commit anew on top of the last, merges left out. */
async function rebase(
  git: BareRepository,
  base: string,
  head: string,
  author: string,
): Promise<string> {
  let tip = base;
  for (const commit of await git.commitsBetween(base, head, ["--no-merges"])) {
    // With the commit's parent as its own, this stand-in makes git merge from there.
    const parent = await git.resolve(`${commit}^`);
    const standIn = await git.commitTree(`${tip}^{tree}`, parent ? [parent] : [], "stand-in");
    const message = await git.git(["show", "--no-patch", "--format=%B", commit]);
    tip = await git.commitTree(await mergedTree(git, standIn, commit), [tip], message, author);
  }
  return tip;
}

async function mergedTree(git: BareRepository, ours: string, theirs: string): Promise<string> {
  const tree = await git.mergedTree(ours, theirs);
  if (!tree) throw new Error(`${ours} and ${theirs} conflict`);
  return tree;
}
