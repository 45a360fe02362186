import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { repository } from "../../../infra/schema/repository.ts";
import { lookAtRepository } from "../../../scripts/audit/look-at-repository.ts";
import { Shop, shop } from "./shop.ts";

let at: Shop;
let ruleset: number;
const refs = {
  deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
};

beforeAll(async () => {
  at = await Shop.open();
  for (const login of ["ada", "mia"]) at.github.world.token(`token-of-${login}`, login);
  ruleset = await at.protect({ rules: [{ type: "deletion" }] });
  const { repos } = at.as("ada");
  const id = at.github.world.find("mia").id;
  const reviewers = [{ type: "User" as const, id }];
  for (const [environment_name, given] of Object.entries({
    production: { reviewers, ...refs },
    preview: {},
  }))
    await repos.createOrUpdateEnvironment({ ...shop, environment_name, ...given });
  for (const name of ["main", "release/*"])
    await repos.createDeploymentBranchPolicy({ ...shop, environment_name: "production", name });
});
afterEach(() => {
  vi.unstubAllEnvs();
  at.github.server.faults.clear();
});
afterAll(() => at.close());

/** What is seen of environments by these names. */
function look(changes: object = {}, names = ["production"], rulesets = [ruleset]) {
  const settings = { owner: "acme", name: "shop", api: at.github.baseUrl, token: "token-of-ada" };
  const environments = names.map((name) => ({
    urn: name,
    name,
    users: 1,
    teams: 0,
    byPattern: true,
  }));
  const within = (environment: string | undefined, name: string) => ({
    ...{ urn: `${environment} ${name}`, environment, name, writtenAt: new Date() },
  });
  const secrets = [
    ...[within("production", "KEY"), within("production", "GONE"), within(undefined, "KEY")],
  ];
  return lookAtRepository(repository.parse({ ...settings, ...changes }), {
    environments,
    rulesets,
    secrets,
  });
}

test("who is asked, and which refs may use it, is seen of each environment that is there", async () => {
  expect((await look({}, ["production", "preview", "gone"])).environments).toEqual(
    new Map([
      [
        "production",
        {
          isAsked: true,
          policies: ["main", "release/*"].map((name) => ({
            id: expect.any(Number),
            name,
            type: "branch",
          })),
        },
      ],
      ["preview", { isAsked: false, policies: [] }],
    ]),
  );
  expect(at.github.server.complaints).toEqual([]);
});

test("it is seen when each secret that is there was written", async () => {
  const { environments, secrets } = at.repository;
  const secret = { name: "KEY", value: "", createdAt: "2026-01-01T00:00:00Z" };
  environments
    .get("production")
    ?.secrets.set("KEY", { ...secret, updatedAt: "2026-01-02T00:00:00Z" });
  secrets.set("KEY", { ...secret, updatedAt: "2026-01-03T00:00:00Z" });
  expect((await look()).written).toEqual(
    new Map([
      ["production KEY", new Date("2026-01-02T00:00:00Z")],
      ["undefined KEY", new Date("2026-01-03T00:00:00Z")],
    ]),
  );
});

test("the shell's token serves where none is configured", async () => {
  vi.stubEnv("GITHUB_TOKEN", "token-of-ada");
  expect((await look({ token: undefined })).environments.size).toBe(1);
});

test("a ruleset that is gone is the engine's to tell", async () => {
  expect((await look({}, ["production"], [4711])).environments.size).toBe(1);
});

describe("one line says why nothing can be seen", () => {
  const newToken =
    "npm run pulumi -- --stack github config set --secret --path slipway:repository.token";

  test("no token", async () => {
    vi.stubEnv("GITHUB_TOKEN", "");
    await expect(look({ token: undefined })).rejects.toThrow(
      `there is no token to ask GitHub of acme/shop with; type: ${newToken}`,
    );
  });

  test("a token that is refused", async () => {
    const attempt = look({ token: "planted-token" });
    await expect(attempt).rejects.toThrow(/^GitHub refuses the token for acme\/shop at \S+; /);
    await expect(attempt).rejects.not.toThrow("planted-token");
  });

  test("another name", async () => {
    await expect(look({ name: "nowhere" })).rejects.toThrow(
      /^acme\/nowhere at \S+ is not there, or the token may not see it; /,
    );
  });

  test("a token that is not told who is exempt from rules", async () => {
    await expect(look({ token: "token-of-mia" })).rejects.toThrow(
      `GitHub does not tell this token who is exempt from the rules of acme/shop: it needs write access to administration; give another one: ${newToken}`,
    );
  });

  test.each(["rate-limit", "secondary-limit"] as const)("%s", async (kind) => {
    at.github.server.faults.add({ kind });
    await expect(look()).rejects.toThrow(/^GitHub lets this token ask no more for now \(403 /);
  });

  test("nobody answers", async () => {
    await expect(look({ api: "http://127.0.0.1:1/" })).rejects.toThrow(
      /^acme\/shop at http:\/\/127\.0\.0\.1:1\/ cannot be reached \(500 .*\); nothing was changed$/,
    );
  });

  test("an error of GitHub's in the middle", async () => {
    at.github.server.faults.add({ kind: "server-error", operation: "repos/get-environment" });
    await expect(look()).rejects.toThrow(
      /^acme\/shop at \S+ cannot be reached \(502 Server Error\b.*\); nothing was changed$/,
    );
  });
});
