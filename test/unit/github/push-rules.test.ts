import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Rule } from "../../github/world/ruleset.ts";
import { Shop, shop } from "./shop.ts";

let at: Shop;
let main: string;
beforeEach(async () => {
  at = await Shop.open();
  main = await at.tip();
});
afterEach(async () => {
  await at.close();
  expect(at.github.server.complaints).toEqual([]);
});

describe("without rules", () => {
  test.each([
    ["rita", ["Permission to acme/shop denied to rita."]],
    ["sam", ["Permission to acme/shop denied to sam."]],
    ["walt", []],
    ["olga", []],
  ])("%s pushes to main, forced or not, and makes and deletes tags", async (login, reasons) => {
    expect(await at.push(login, "refs/heads/main", await at.commit([main]))).toEqual(reasons);
    expect(await at.push(login, "refs/heads/main", await at.commit([]))).toEqual(reasons);
    expect(await at.push(login, "refs/tags/v1.0.0", main)).toEqual(reasons);
    expect(await at.push(login, "refs/tags/v1.0.0", undefined)).toEqual(reasons);
  });

  test("nobody deletes the default branch", async () => {
    const said = "refusing to delete the current branch: refs/heads/main";
    expect(await at.push("ada", "refs/heads/main", undefined)).toEqual([said]);
  });
});

const forced = () => at.commit([]);
const onTop = async () => at.commit([main]);
const merged = async () => at.commit([main, await at.commit([main])]);

test.each<[rule: Rule, ref: string, after: () => Promise<string | undefined>, reasons: string[]]>([
  [{ type: "non_fast_forward" }, "refs/heads/main", forced, ["Cannot force-push to this ref."]],
  [{ type: "non_fast_forward" }, "refs/heads/main", onTop, []],
  [{ type: "update" }, "refs/heads/main", onTop, ["Cannot update this protected ref."]],
  [{ type: "update" }, "refs/heads/new", onTop, []],
  [{ type: "deletion" }, "refs/heads/old", async () => undefined, ["Cannot delete this ref."]],
  [
    { type: "creation" },
    "refs/heads/new",
    onTop,
    ["Cannot create ref due to creations being restricted."],
  ],
  [{ type: "creation" }, "refs/heads/main", onTop, []],
  [
    { type: "required_linear_history" },
    "refs/heads/main",
    merged,
    ["This branch must not contain merge commits."],
  ],
  [{ type: "required_linear_history" }, "refs/heads/main", onTop, []],
])("%j on %s", async (rule, ref, after, reasons) => {
  await at.push("walt", "refs/heads/old", main);
  await at.protect({ rules: [rule] }, ["~ALL"]);
  expect(await at.push("ada", ref, await after())).toEqual(reasons);
  const moved = reasons.length === 0 ? expect.not.stringMatching(main) : expect.anything();
  expect(await at.tip(ref.slice("refs/heads/".length))).toEqual(moved);
});

const pullRequest = {
  type: "pull_request",
  parameters: {
    ...{ required_approving_review_count: 1, dismiss_stale_reviews_on_push: true },
    ...{ require_last_push_approval: false, required_review_thread_resolution: true },
    require_code_owner_review: false,
  },
};

test("a branch that wants pull requests may be made, and is changed by nothing else", async () => {
  await at.protect({ rules: [pullRequest] }, ["refs/heads/release/*"]);
  expect(await at.push("walt", "refs/heads/release/1", await at.commit([main]))).toEqual([]);
  const next = await at.commit([await at.tip("release/1")]);
  const said = ["Changes must be made through a pull request."];
  expect(await at.push("walt", "refs/heads/release/1", next)).toEqual(said);
  expect(await at.push("ada", "refs/heads/release/1", next)).toEqual(said);
  expect(await at.push("walt", "refs/heads/release/2/deeper", next)).toEqual([]);
  expect(await at.push("walt", "refs/heads/release/2/deeper", await at.commit([next]))).toEqual([]);
});

test("required checks have to have passed on the very commit", async () => {
  const checks = [{ context: "test" }, { context: "lint", integration_id: 15368 }];
  const parameters = {
    required_status_checks: checks,
    strict_required_status_checks_policy: false,
  };
  await at.protect({ rules: [{ type: "required_status_checks", parameters }] }, ["~ALL"]);
  const sha = await at.commit([main]);
  const missing = (name: string) => `Required status check "${name}" is expected.`;
  expect(await at.push("walt", "refs/heads/main", sha)).toEqual([missing("test"), missing("lint")]);
  expect(await at.push("walt", "refs/heads/new", sha)).toHaveLength(2);

  const { repos, checks: runs } = at.as("walt");
  await repos.createCommitStatus({ ...shop, sha, context: "test", state: "success" });
  await repos.createCommitStatus({ ...shop, sha, context: "lint", state: "success" });
  // It has to come from the app.
  expect(await at.push("walt", "refs/heads/main", sha)).toEqual([missing("lint")]);
  await runs.create({
    ...shop,
    head_sha: sha,
    name: "lint",
    conclusion: "success",
    status: "completed",
  });
  const [run] = at.repository.checkRuns;
  Object.assign(run ?? {}, { appId: 1 });
  expect(await at.push("walt", "refs/heads/main", sha)).toEqual([missing("lint")]);
  Object.assign(run ?? {}, { appId: 15368 });
  await repos.createCommitStatus({ ...shop, sha, context: "test", state: "failure" });
  expect(await at.push("walt", "refs/heads/main", sha)).toEqual([missing("test")]);
  await repos.createCommitStatus({ ...shop, sha, context: "test", state: "success" });
  expect(await at.push("walt", "refs/heads/main", sha)).toEqual([]);
});

test("a branch may be made before its checks where the rule says so", async () => {
  const parameters = {
    ...{ required_status_checks: [{ context: "test" }], do_not_enforce_on_create: true },
    strict_required_status_checks_policy: false,
  };
  await at.protect({ rules: [{ type: "required_status_checks", parameters }] }, ["~ALL"]);
  expect(await at.push("walt", "refs/heads/new", await at.commit([main]))).toEqual([]);
  expect(await at.push("walt", "refs/heads/new", await at.commit([main]))).toHaveLength(1);
});

describe("tags", () => {
  beforeEach(async () => {
    await at.push("walt", "refs/tags/v1.0.0", main);
    const rules = [{ type: "update" }, { type: "deletion" }];
    await at.protect({ target: "tag", rules }, ["refs/tags/v*"]);
    await at.protect(
      {
        ...{ target: "tag", rules: [{ type: "creation" }] },
        bypass_actors: [{ actor_type: "RepositoryRole", actor_id: 2, bypass_mode: "always" }],
      },
      ["refs/tags/v*"],
    );
  });

  test.each([
    ["walt", ["Cannot create ref due to creations being restricted."]],
    ["mia", []],
    ["ada", []],
  ])("%s makes a version", async (login, reasons) => {
    expect(await at.push(login, "refs/tags/v1.1.0", main)).toEqual(reasons);
  });

  test("nobody moves or deletes a version, and any other tag is free", async () => {
    const moved = await at.commit([main]);
    expect(await at.push("ada", "refs/tags/v1.0.0", moved)).toEqual([
      "Cannot update this protected ref.",
    ]);
    expect(await at.push("ada", "refs/tags/v1.0.0", undefined)).toEqual([
      "Cannot delete this ref.",
    ]);
    expect(await at.push("walt", "refs/tags/nightly", main)).toEqual([]);
    expect(await at.push("walt", "refs/tags/nightly", await at.commit([]))).toEqual([]);
  });
});

test.each([
  ["active", 1],
  ["disabled", 0],
] as const)("a ruleset that is %s", async (enforcement, reasons) => {
  await at.protect({ rules: [{ type: "update" }], enforcement });
  expect(await at.push("walt", "refs/heads/main", await at.commit([main]))).toHaveLength(reasons);
});

test.each([
  [{ actor_type: "RepositoryRole", actor_id: 5 }, ["ada", "olga"]],
  [{ actor_type: "RepositoryRole", actor_id: 2 }, ["mia", "ada", "olga"]],
  [{ actor_type: "OrganizationAdmin", actor_id: 1 }, ["olga"]],
  [{ actor_type: "Integration", actor_id: 15368 }, ["github-actions[bot]"]],
  [{ actor_type: "Team", actor_id: "deployers" }, ["mia"]],
  [{ actor_type: "User", actor_id: "walt" }, ["walt"]],
] as const)("%j bypasses", async ({ actor_type, actor_id: given }, exempt) => {
  const { world } = at.github;
  const meant =
    given === "deployers"
      ? world.findTeam("acme", given)
      : given === "walt"
        ? world.find(given)
        : undefined;
  const actor_id = meant?.id ?? (given as number);
  const bypass_actors = [{ actor_type, actor_id, bypass_mode: "always" as const }];
  await at.protect({ rules: [{ type: "update" }], bypass_actors });
  const everybody = ["walt", "mia", "ada", "olga", "github-actions[bot]"];
  const through: string[] = [];
  for (const login of everybody) {
    const sha = await at.commit([await at.tip()]);
    if ((await at.push(login, "refs/heads/main", sha)).length === 0) through.push(login);
  }
  expect(through).toEqual(exempt);
});
