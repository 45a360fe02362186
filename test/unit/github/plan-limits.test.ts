import { afterEach, expect, test } from "vitest";
import type { Plan } from "../../github/world/actors.ts";
import type { Visibility } from "../../github/world/repository.ts";
import { refusal, Shop, shop } from "./shop.ts";

let at: Shop;
afterEach(async () => {
  await at.close();
  expect(at.github.server.complaints).toEqual([]);
});

const production = { ...shop, environment_name: "production" };
const policy = { protected_branches: false, custom_branch_policies: true };

test.each<[Plan, Visibility, rulesets: RegExp, environments: RegExp, protections: RegExp]>([
  ["free", "private", /^403 Upgrade to GitHub Pro/, /^404/, /^404/],
  ["free", "public", /^$/, /^$/, /^$/],
  ["team", "private", /^$/, /^$/, /^422 Failed to create the environment protection rule/],
  ["team", "public", /^$/, /^$/, /^$/],
  ["enterprise", "private", /^$/, /^$/, /^$/],
])(
  "plan %s, %s: what it lacks is refused",
  async (plan, visibility, rulesets, environments, protections) => {
    at = await Shop.open(plan, visibility);
    const { repos } = at.as("ada");
    const ruleset = {
      name: "main",
      enforcement: "active" as const,
      rules: [{ type: "deletion" as const }],
    };
    expect(await refusal(repos.createRepoRuleset({ ...shop, ...ruleset }))).toMatch(rulesets);
    const bare = repos.createOrUpdateEnvironment({
      ...production,
      deployment_branch_policy: policy,
    });
    expect(await refusal(bare)).toMatch(environments);
    const reviewers = [{ type: "User" as const, id: at.github.world.find("mia").id }];
    const reviewed = repos.createOrUpdateEnvironment({ ...production, reviewers });
    expect(await refusal(reviewed)).toMatch(protections);
    const waiting = repos.createOrUpdateEnvironment({ ...production, wait_timer: 5 });
    expect(await refusal(waiting)).toMatch(protections);
  },
);
