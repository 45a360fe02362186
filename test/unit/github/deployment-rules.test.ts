import { afterEach, beforeEach, expect, test } from "vitest";
import { judgeDeployment } from "../../github/rules/deployment.ts";
import type { Environment } from "../../github/world/environment.ts";
import { startRun } from "../../github/world/start-run.ts";
import { refusal, Shop, shop } from "./shop.ts";

let at: Shop;
beforeEach(async () => {
  at = await Shop.open();
});
afterEach(async () => {
  await at.close();
  expect(at.github.server.complaints).toEqual([]);
});

const production = { ...shop, environment_name: "production" };
const custom = { protected_branches: false, custom_branch_policies: true };
const environment = () => at.repository.environments.get("production") as Environment;

test.each([
  [undefined, "refs/heads/anything", true],
  [[{ name: "main" }], "refs/heads/main", true],
  [[{ name: "main" }], "refs/heads/feature", false],
  [[{ name: "main" }], "refs/tags/main", false],
  [[{ name: "main" }], "refs/pull/7/merge", false],
  [[{ name: "refs/pull/*/merge" }], "refs/pull/7/merge", true],
  [[{ name: "release/*" }], "refs/heads/release/1", true],
  [[{ name: "release/*" }], "refs/heads/release/1/2", false],
  [[{ name: "v*.*.*", type: "tag" as const }], "refs/tags/v1.2.3", true],
  [[{ name: "v*.*.*", type: "tag" as const }], "refs/heads/v1.2.3", false],
  [[], "refs/heads/main", false],
])("policies %j and a run of %s", async (policies, ref, allowed) => {
  const { repos } = at.as("ada");
  const deployment_branch_policy = policies ? custom : null;
  await repos.createOrUpdateEnvironment({ ...production, deployment_branch_policy });
  for (const policy of policies ?? [])
    await repos.createDeploymentBranchPolicy({ ...production, ...policy });
  expect(judgeDeployment(environment(), ref)).toMatchObject({
    allowed,
    waitMinutes: 0,
    reviewers: [],
  });
});

test("a run waits for its minutes and for one of the reviewers, teams among them", async () => {
  const team = at.github.world.findTeam("acme", "deployers").id;
  const user = at.github.world.find("walt").id;
  await at.as("ada").repos.createOrUpdateEnvironment({
    ...{ ...production, wait_timer: 10 },
    reviewers: [
      { type: "Team", id: team },
      { type: "User", id: user },
    ],
  });
  expect(judgeDeployment(environment(), "refs/heads/main")).toEqual({
    ...{ allowed: true, reasons: [], waitMinutes: 10, reviewers: ["mia", "walt"] },
  });
});

test.each([
  ["wilma", false, false, /422 wilma is no reviewer/],
  ["mia", true, false, /^$/],
  ["walt", false, false, /^$/],
  ["walt", true, false, /422 Who started a run may not approve it/],
  ["ada", true, true, /^$/],
  ["ada", true, false, /422 ada is no reviewer/],
])(
  "%s approves what walt started (no self review: %s, admins bypass: %s)",
  async (login, prevent_self_review, can_admins_bypass, said) => {
    const { world } = at.github;
    const reviewers = ["walt", "mia"].map((name) => ({
      type: "User" as const,
      id: world.find(name).id,
    }));
    const more = { can_admins_bypass };
    await at
      .as("ada")
      .repos.createOrUpdateEnvironment({ ...production, reviewers, prevent_self_review, ...more });
    const waiting = ["production"];
    const run = startRun(
      world,
      at.repository,
      world.find("walt"),
      "deploy.yml",
      "refs/heads/main",
      waiting,
    );
    const { actions } = at.as(login);
    const { data } = await actions.getPendingDeploymentsForRun({ ...shop, run_id: run.id });
    expect(data.map((each) => each.current_user_can_approve)).toEqual([said.test("")]);
    const decision = {
      environment_ids: [environment().id],
      state: "approved" as const,
      comment: "Go",
    };
    const request = actions.reviewPendingDeploymentsForRun({
      ...shop,
      run_id: run.id,
      ...decision,
    });
    expect(await refusal(request)).toMatch(said);
    expect([...run.waiting]).toEqual(said.test("") ? [] : ["production"]);
  },
);
