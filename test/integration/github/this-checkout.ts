import { join } from "node:path";
import { execa } from "execa";
import type { BareRepository } from "../../github/git/bare-repository.ts";

const root = join(import.meta.dirname, "../../..");

/** Brings this checkout as it is, committed or staged or changed, into a repository; its commit there. */
export async function fetchThisCheckout(repository: BareRepository): Promise<string> {
  const { stdout: changed } = await execa("git", ["stash", "create"], { cwd: root });
  const { stdout: head } = await execa("git", ["rev-parse", "HEAD"], { cwd: root });
  const commit = changed || head;
  await repository.git(["fetch", "--quiet", "--update-shallow", root, commit]);
  return commit;
}

/** Links the tests' own packages into a directory, for jobs to move in and out of theirs; what they are called there. */
export async function linkModules(directory: string): Promise<string> {
  const modules = join(directory, "node_modules");
  await execa("cp", ["--archive", "--link", join(root, "node_modules"), modules]);
  return modules;
}
