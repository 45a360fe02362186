import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RuleParameters } from "../../github/world/ruleset.ts";
import { refusal, Shop, shop } from "./shop.ts";

let at: Shop;
beforeEach(async () => {
  at = await Shop.open();
});
afterEach(async () => {
  await at.close();
  expect(at.github.server.complaints).toEqual([]);
});

type Method = "merge" | "squash" | "rebase";

const merge = (login: string, number: number, method: Method = "squash") =>
  refusal(at.as(login).pulls.merge({ ...shop, pull_number: number, merge_method: method }));

const review = (login: string, number: number, event: "APPROVE" | "REQUEST_CHANGES" = "APPROVE") =>
  refusal(
    at.as(login).pulls.createReview({ ...shop, pull_number: number, event, body: "I looked" }),
  );

/** Asks for pull requests, with nothing more than what is given. */
const wantPulls = (parameters: RuleParameters) =>
  at.protect({
    rules: [
      {
        type: "pull_request",
        parameters: {
          ...{ required_approving_review_count: 0, dismiss_stale_reviews_on_push: false },
          ...{ require_code_owner_review: false, require_last_push_approval: false },
          required_review_thread_resolution: false,
          ...parameters,
        },
      },
    ],
  });

const unapproved = /405 At least 1 approving review is required/;

describe("approvals", () => {
  test("of who writes and is not the author count, and each reviewer's last word does", async () => {
    await wantPulls({ required_approving_review_count: 1 });
    const { number } = await at.propose("walt");
    expect(await merge("walt", number)).toMatch(unapproved);
    expect(await review("walt", number)).toMatch(/422 .*own pull request/);
    expect(await review("rita", number)).toBe("");
    expect(await merge("walt", number)).toMatch(unapproved);
    expect(await review("wilma", number)).toBe("");
    expect(await review("mia", number, "REQUEST_CHANGES")).toBe("");
    expect(await merge("walt", number)).toMatch(/405 Changes were requested/);
    expect(await review("mia", number)).toBe("");
    expect(await merge("rita", number)).toMatch(/404|405/);
    expect(await merge("walt", number)).toBe("");
  });

  test("nobody is exempt, an admin neither", async () => {
    await wantPulls({ required_approving_review_count: 1 });
    const { number } = await at.propose("walt");
    expect(await merge("olga", number)).toMatch(unapproved);
  });

  test("two are two people's", async () => {
    await wantPulls({ required_approving_review_count: 2 });
    const { number } = await at.propose("walt");
    await review("wilma", number);
    await review("wilma", number);
    expect(await merge("walt", number)).toMatch(/405 At least 2 approving reviews are required/);
    await review("mia", number);
    expect(await merge("walt", number)).toBe("");
  });

  test.each([
    [true, unapproved],
    [false, /^$/],
  ])("are dismissed by a push: %s", async (dismiss_stale_reviews_on_push, said) => {
    await wantPulls({ required_approving_review_count: 1, dismiss_stale_reviews_on_push });
    const { number, sha } = await at.propose("walt");
    await review("wilma", number);
    await at.push("walt", "refs/heads/feature", await at.commit([sha]));
    expect(await merge("walt", number)).toMatch(said);
  });

  test("are dismissed by a push, and requested changes are not", async () => {
    const parameters = { required_approving_review_count: 1, dismiss_stale_reviews_on_push: true };
    await wantPulls(parameters);
    const { number, sha } = await at.propose("walt");
    await review("mia", number, "REQUEST_CHANGES");
    await at.push("walt", "refs/heads/feature", await at.commit([sha]));
    await review("wilma", number);
    expect(await merge("walt", number)).toMatch(/405 Changes were requested/);
  });

  test("of the last push come from somebody else than who pushed it", async () => {
    await wantPulls({ required_approving_review_count: 1, require_last_push_approval: true });
    const { number, sha } = await at.propose("walt");
    await at.push("wilma", "refs/heads/feature", await at.commit([sha]));
    await review("wilma", number);
    expect(await merge("walt", number)).toMatch(/405 The last push has to be approved/);
    await review("mia", number);
    expect(await merge("walt", number)).toBe("");
  });
});

test("a conversation has to be resolved", async () => {
  await wantPulls({ required_review_thread_resolution: true });
  const { number, sha } = await at.propose("walt");
  const line = { path: "README.md", line: 1, commit_id: sha, body: "Why?" };
  await at.as("wilma").pulls.createReviewComment({ ...shop, pull_number: number, ...line });
  expect(await merge("walt", number)).toMatch(/405 A conversation must be resolved/);
  for (const thread of at.repository.pulls.get(number)?.threads ?? []) thread.isResolved = true;
  expect(await merge("walt", number)).toBe("");
});

test("required checks are those of the head, and strict ones want it up to date", async () => {
  const parameters = {
    ...{ required_status_checks: [{ context: "test" }] },
    strict_required_status_checks_policy: true,
  };
  const { number, sha } = await at.propose("walt");
  await at.push("walt", "refs/heads/main", await at.commit([await at.tip()]));
  await at.protect({ rules: [{ type: "required_status_checks", parameters }] });
  expect(await merge("walt", number)).toMatch(
    /Required status check "test" is expected\.\n.*out-of-date/,
  );

  const updated = await at.commit([sha, await at.tip()]);
  await at.push("walt", "refs/heads/feature", updated);
  await at.as("walt").repos.createCommitStatus({ ...shop, sha, context: "test", state: "success" });
  expect(await merge("walt", number)).toMatch(/^405 Required status check "test" is expected\. - /);
  const state = "success" as const;
  await at.as("walt").repos.createCommitStatus({ ...shop, sha: updated, context: "test", state });
  expect(await merge("walt", number)).toBe("");
});

describe("ways to merge", () => {
  test.each<[Method, parents: number, commits: number]>([
    ["merge", 2, 3],
    ["squash", 1, 1],
    ["rebase", 1, 2],
  ])("%s makes real history", async (method, parents, commits) => {
    const main = await at.tip();
    const { number, sha } = await at.propose("walt");
    await at.push("walt", "refs/heads/feature", await at.commit([sha], { "two.txt": "2\n" }));
    await at.push("walt", "refs/heads/main", await at.commit([main], { "other.txt": "o\n" }));
    const before = await at.tip();
    expect(await merge("walt", number, method)).toBe("");
    const { git } = at.repository;
    expect(await git.commitsBetween(before, await at.tip())).toHaveLength(commits);
    const line = await git.git(["rev-list", "--parents", "--max-count=1", "main"]);
    expect(line.split(" ").length - 1).toBe(parents);
    const files = await git.git(["ls-tree", "--name-only", "main"]);
    expect(files.split("\n")).toEqual(
      expect.arrayContaining(["two.txt", "other.txt", "README.md"]),
    );
  });

  test("a linear history, the rule's list and the repository's each forbid some", async () => {
    const { number } = await at.propose("walt");
    at.repository.mergeMethods.delete("rebase");
    await at.protect({ rules: [{ type: "required_linear_history" }] });
    await wantPulls({ allowed_merge_methods: ["merge", "rebase"] });
    expect(await merge("walt", number, "merge")).toMatch(
      /405 This branch must not contain merge commits/,
    );
    expect(await merge("walt", number, "squash")).toMatch(
      /405 Merge method squash is not allowed here/,
    );
    expect(await merge("walt", number, "rebase")).toMatch(
      /405 rebase is not allowed on this repository/,
    );
  });

  test("a conflict is none", async () => {
    const main = await at.tip();
    const theirs = await at.commit([main], { "README.md": "theirs\n" });
    await at.push("walt", "refs/heads/feature", theirs);
    const pull = { title: "A change", head: "feature", base: "main" };
    const { data } = await at.as("walt").pulls.create({ ...shop, ...pull });
    await at.push("walt", "refs/heads/main", await at.commit([main], { "README.md": "ours\n" }));
    expect(await merge("walt", data.number)).toMatch(/405 Merge conflict/);
    const { data: now } = await at.as("walt").pulls.get({ ...shop, pull_number: data.number });
    expect(now.mergeable).toBe(false);
  });
});

test.each([
  ["pull_request", /^$/, 1],
  ["always", /^$/, 0],
] as const)(
  "who bypasses by %s merges, and pushes only with always",
  async (mode, said, refused) => {
    const { id } = at.github.world.find("ada");
    const bypass_actors = [{ actor_type: "User" as const, actor_id: id, bypass_mode: mode }];
    await at.protect({ rules: [{ type: "update" }], bypass_actors });
    const { number } = await at.propose("walt");
    expect(await merge("mia", number)).toMatch(/405 Cannot update this protected ref/);
    const sha = await at.commit([await at.tip()]);
    expect(await at.push("ada", "refs/heads/main", sha)).toHaveLength(refused);
    expect(await merge("ada", number)).toMatch(said);
  },
);

test("what is merged, closed or a draft is not merged", async () => {
  const { number } = await at.propose("walt");
  await at.as("walt").pulls.update({ ...shop, pull_number: number, state: "closed" });
  expect(await merge("walt", number)).toMatch(/405 Pull Request is not open/);
  const sha = await at.commit([await at.tip()]);
  await at.push("walt", "refs/heads/second", sha);
  const pull = { title: "A change", head: "second", base: "main", draft: true };
  const { data } = await at.as("walt").pulls.create({ ...shop, ...pull });
  expect(await merge("walt", data.number)).toMatch(/405 Pull Request is still a draft/);
});

test("the pull requests of a commit are found before and after the merge", async () => {
  const { number, sha } = await at.propose("walt");
  const numbers = async (commit_sha: string) => {
    const { repos } = at.as("walt");
    const { data } = await repos.listPullRequestsAssociatedWithCommit({ ...shop, commit_sha });
    return data.map((each) => each.number);
  };
  expect(await numbers(sha)).toEqual([number]);
  expect(await merge("walt", number)).toBe("");
  expect(await numbers(await at.tip())).toEqual([number]);
  expect(await numbers(await at.tip("main~1"))).toEqual([]);
});

test("a workflow's token opens and approves no pull request, unless the repository lets it", async () => {
  const { number } = await at.propose("walt");
  await at.push("walt", "refs/heads/second", await at.commit([await at.tip()]));
  const pull = { ...shop, title: "A change", head: "second", base: "main" };
  const { pulls } = at.as("github-actions[bot]");
  const approval = { ...shop, pull_number: number, event: "APPROVE" as const };
  const said = /^403 GitHub Actions is not permitted/;
  expect(await refusal(pulls.create(pull))).toMatch(said);
  expect(await refusal(pulls.createReview(approval))).toMatch(said);
  at.repository.workflowsMayApprove = true;
  expect(await refusal(pulls.create(pull))).toBe("");
  expect(await refusal(pulls.createReview(approval))).toBe("");
});
