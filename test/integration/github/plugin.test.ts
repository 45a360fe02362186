import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { ensureToolchain } from "../../../scripts/toolchain/ensure-toolchain.ts";
import { githubPlugin } from "../../../scripts/toolchain/versions.ts";
import { GitHubEmulator } from "../../github/emulator.ts";
import type { Repository } from "../../github/world/repository.ts";
import { ThrowAwayProgram } from "../throw-away-program.ts";

// What changes is told by the environment, so that every run is of the same program.
const source = `
import * as pulumi from "@pulumi/pulumi";
import * as github from "@pulumi/github";
const provider = new github.Provider("github", {
  baseUrl: process.env.BASE_URL,
  token: pulumi.secret("t-ada"),
  owner: "acme",
  writeDelayMs: 1,
  retryDelayMs: 1,
  maxRetries: Number(process.env.RETRIES),
});
const options = { provider };
const shop = github.getRepositoryOutput({ fullName: "acme/shop" }, options);
const mia = github.getUserOutput({ username: "mia" }, options);
const deployers = github.getTeamOutput({ slug: "deployers" }, options);
const at = { repository: "shop" };
new github.RepositoryRuleset("main", {
  ...at,
  name: "main",
  target: "branch",
  enforcement: "active",
  conditions: { refName: { includes: ["~DEFAULT_BRANCH"], excludes: [] } },
  bypassActors: [{ actorId: 5, actorType: "RepositoryRole", bypassMode: "pull_request" }],
  rules: {
    deletion: true,
    nonFastForward: true,
    requiredLinearHistory: true,
    pullRequest: {
      requiredApprovingReviewCount: Number(process.env.APPROVALS),
      dismissStaleReviewsOnPush: true,
      requiredReviewThreadResolution: true,
      allowedMergeMethods: ["squash", "rebase"],
    },
    requiredStatusChecks: {
      requiredChecks: [{ context: "ci-ok", integrationId: 15368 }],
      strictRequiredStatusChecksPolicy: true,
    },
  },
}, options);
new github.RepositoryRuleset("versions", {
  ...at,
  name: "versions",
  target: "tag",
  enforcement: "active",
  conditions: { refName: { includes: ["refs/tags/v*"], excludes: [] } },
  rules: { creation: true, update: true, deletion: true },
}, options);
const production = new github.RepositoryEnvironment("production", {
  ...at,
  environment: "production",
  canAdminsBypass: false,
  ...(process.env.REVIEWERS && {
    waitTimer: 5,
    preventSelfReview: true,
    reviewers: [{ users: [mia.id.apply(Number)], teams: [deployers.id.apply(Number)] }],
  }),
  deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
}, options);
const inside = { ...at, environment: production.environment };
new github.RepositoryEnvironmentDeploymentPolicy("releases", { ...inside, branchPattern: "release/*" }, options);
new github.RepositoryEnvironmentDeploymentPolicy("versions", { ...inside, tagPattern: "v*.*.*" }, options);
new github.ActionsEnvironmentSecret("passphrase", {
  ...inside,
  secretName: "PASSPHRASE",
  value: pulumi.secret(process.env.PASSPHRASE),
}, options);
new github.ActionsEnvironmentVariable("stack", { ...inside, variableName: "STACK", value: "production" }, options);
new github.ActionsSecret("webhook", { ...at, secretName: "WEBHOOK", value: pulumi.secret("https://hooks.example.com") }, options);
new github.ActionsVariable("model", { ...at, variableName: "MODEL", value: "trunk" }, options);
export const repository = shop.repoId;
`;

/** The stack, its provider, two rulesets, an environment with two policies, two secrets and two variables. */
const resources = 11;

let github: GitHubEmulator;
let shop: Repository;
let program: ThrowAwayProgram;

beforeAll(async () => {
  const toolchain = await ensureToolchain({ detail: () => {}, note: console.info }, [githubPlugin]);
  github = await GitHubEmulator.start();
  const { world } = github;
  for (const login of ["ada", "mia"]) world.user(login);
  world.organization("acme", "enterprise", ["ada"]);
  world.team("acme", "deployers", ["mia"]);
  world.token("t-ada", "ada");
  shop = await world.repository("acme/shop", { roles: { mia: "write" } });
  program = await ThrowAwayProgram.make(toolchain, source, {
    ...{ BASE_URL: github.baseUrl, APPROVALS: "1", PASSPHRASE: "one", REVIEWERS: "yes" },
    ...{ RETRIES: "0", GITHUB_OWNER: "", GITHUB_TOKEN: "" },
  });
});

afterAll(async () => {
  await program.remove();
  await github.stop();
});

beforeEach(() => {
  github.server.log.length = 0;
  github.server.complaints.length = 0;
});

const writes = () => github.server.log.filter(({ method }) => method !== "GET");
const production = () => shop.environments.get("production");

/** What the CLI said when it failed. */
const failure = (run: Promise<string>) =>
  run.then(
    () => "it did not fail",
    (error: { all: string }) => error.all,
  );

test("everything is created", async () => {
  expect(await program.up()).toContain(`${resources} created`);
  expect([...shop.rulesets.values()].map((each) => [each.name, each.rules.length])).toEqual(
    expect.arrayContaining([
      ["main", 5],
      ["versions", 3],
    ]),
  );
  expect(production()).toMatchObject({
    ...{ waitMinutes: 5, preventSelfReview: true, canAdminsBypass: false },
  });
  expect(
    [...(production()?.policies.values() ?? [])].map(({ name, type }) => [name, type]),
  ).toEqual(
    expect.arrayContaining([
      ["release/*", "branch"],
      ["v*.*.*", "tag"],
    ]),
  );
  expect(production()?.secrets.get("PASSPHRASE")?.value).toBe("one");
  expect(shop.secrets.get("WEBHOOK")?.value).toBe("https://hooks.example.com");
  expect(production()?.variables.get("STACK")?.value).toBe("production");
  expect(shop.variables.get("MODEL")?.value).toBe("trunk");
  expect(github.server.complaints).toEqual([]);
});

test("a second up changes nothing and writes nothing", async () => {
  expect(await program.up("--expect-no-changes")).toContain(`${resources} unchanged`);
  expect(writes()).toEqual([]);
});

test("a refresh finds nothing", async () => {
  await program.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
  expect(await program.up("--refresh", "--run-program", "--expect-no-changes")).toContain(
    `${resources} unchanged`,
  );
  expect(writes()).toEqual([]);
  expect(github.server.complaints).toEqual([]);
});

test("what is changed in the program is changed there, and nothing else", async () => {
  program.environment.APPROVALS = "2";
  program.environment.PASSPHRASE = "two";
  expect(await program.up()).toMatch(/2 updated/);
  const main = [...shop.rulesets.values()].find(({ name }) => name === "main");
  const rule = main?.rules.find(({ type }) => type === "pull_request");
  expect(rule?.parameters?.required_approving_review_count).toBe(2);
  expect(production()?.secrets.get("PASSPHRASE")?.value).toBe("two");
  expect(github.server.complaints).toEqual([]);
});

test("what a hand changed is found and healed", async () => {
  const main = [...shop.rulesets.values()].find(({ name }) => name === "main");
  if (main) main.enforcement = "disabled";
  shop.variables.delete("MODEL");
  Object.assign(production() ?? {}, { waitMinutes: 0 });
  const refreshed = program.pulumi("refresh", "--preview-only", "--expect-no-changes");
  expect(await failure(refreshed)).toMatch(/no changes were expected/i);
  await program.up("--refresh", "--run-program");
  expect(main?.enforcement).toBe("active");
  expect(shop.variables.get("MODEL")?.value).toBe("trunk");
  expect(production()?.waitMinutes).toBe(5);
  expect(await program.up("--refresh", "--run-program", "--expect-no-changes")).toContain(
    `${resources} unchanged`,
  );
  expect(github.server.complaints).toEqual([]);
});

test("a server's error is retried where the provider is told to", async () => {
  program.environment.APPROVALS = "1";
  program.environment.RETRIES = "3";
  github.server.faults.add({
    kind: "server-error",
    operation: "repos/update-repo-ruleset",
    times: 2,
  });
  expect(await program.up()).toMatch(/ updated/);
  expect(writes().map(({ status }) => status)).toEqual([502, 502, 200]);
});

test.each([
  ["rate-limit", "2"],
  ["secondary-limit", "3"],
] as const)("a %s is waited for", async (kind, approvals) => {
  program.environment.APPROVALS = approvals;
  github.server.faults.add({ kind, operation: "repos/update-repo-ruleset", times: 1 });
  expect(await program.up()).toMatch(/ updated/);
  expect(writes().map(({ status }) => status)).toEqual([403, 200]);
});

test("everything is deleted", async () => {
  expect(await program.pulumi("destroy", "--yes", "--skip-preview")).toContain(
    `${resources} deleted`,
  );
  expect(
    [shop.rulesets, shop.environments, shop.secrets, shop.variables].map(({ size }) => size),
  ).toEqual([0, 0, 0, 0]);
  expect(github.server.complaints).toEqual([]);
});

test("a plan without reviewers refuses them, and the words reach the user", async () => {
  shop.owner.plan = "team";
  expect(await failure(program.up())).toContain("Please ensure the billing plan supports");
  program.environment.REVIEWERS = "";
  expect(await program.up()).toMatch(/created/);
  expect(production()).toMatchObject({ reviewers: [], canAdminsBypass: true });
});
