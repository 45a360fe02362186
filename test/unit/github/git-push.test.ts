import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Shop } from "./shop.ts";

let at: Shop;
let clone: string;
beforeEach(async () => {
  at = await Shop.open();
  clone = await mkdtemp(join(tmpdir(), "slipway-clone-"));
  await execa("git", ["clone", "--quiet", at.repository.git.directory, clone]);
});
afterEach(async () => {
  await rm(clone, { recursive: true });
  await at.close();
  expect(at.github.server.complaints).toEqual([]);
});

async function commit(text: string): Promise<void> {
  await writeFile(join(clone, "file.txt"), text);
  const author = ["-c", "user.name=walt", "-c", "user.email=walt@example.com"];
  await execa("git", ["add", "."], { cwd: clone });
  await execa("git", [...author, "commit", "--quiet", "--message", text], { cwd: clone });
}

/** What a real `git push` in the name of somebody said when it was refused; empty when it went through. */
async function push(login: string, ...words: string[]): Promise<string> {
  const env = { GITHUB_ACTOR: login };
  const result = await execa("git", ["push", "origin", ...words], {
    cwd: clone,
    env,
    reject: false,
  });
  return result.failed ? result.stderr : "";
}

test("a real push is asked about while its commits still lie apart", async () => {
  await at.protect({ rules: [{ type: "non_fast_forward" }, { type: "required_linear_history" }] });
  await commit("one");
  expect(await push("rita", "main")).toMatch(/remote: Permission to acme\/shop denied to rita/);
  expect(await push("walt", "main")).toBe("");
  await execa("git", ["reset", "--quiet", "--hard", "HEAD~1"], { cwd: clone });
  await commit("two");
  expect(await push("ada", "--force", "main")).toMatch(/remote: Cannot force-push to this ref/);
  expect(await push("ada", "--force", "main:other", "HEAD:refs/tags/v1")).toBe("");
  expect(await push("ada", ":other")).toBe("");
  expect(Object.keys(await at.repository.git.refs())).toEqual(["refs/heads/main", "refs/tags/v1"]);
});

test("a real push dismisses approvals", async () => {
  const { number } = await at.propose("walt");
  at.repository.rulesets.clear();
  const parameters = {
    ...{ required_approving_review_count: 1, dismiss_stale_reviews_on_push: true },
    ...{ require_code_owner_review: false, require_last_push_approval: false },
    required_review_thread_resolution: false,
  };
  await at.protect({ rules: [{ type: "pull_request", parameters }] });
  const pull = { owner: "acme", repo: "shop", pull_number: number };
  await at.as("wilma").pulls.createReview({ ...pull, event: "APPROVE" });
  await execa("git", ["fetch", "--quiet"], { cwd: clone });
  await execa("git", ["checkout", "--quiet", "feature"], { cwd: clone });
  await commit("more");
  expect(await push("walt", "feature")).toBe("");
  const { data } = await at.as("walt").pulls.listReviews(pull);
  expect(data.map((each) => each.state)).toEqual(["DISMISSED"]);
});
