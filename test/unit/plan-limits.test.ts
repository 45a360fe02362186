import { expect, test } from "vitest";
import { approversOf, gateOf, unenforced } from "../../infra/github/plan-limits.ts";
import { environmentsOf } from "../../infra/github/planned-environments.ts";
import { repository } from "../../infra/schema/repository.ts";

const production = {
  reviewers: { users: ["ada"], teams: ["operations"] },
  waitMinutes: 5,
  secrets: { PASSPHRASE: "p" },
};

function settings(changes: object = {}) {
  const environments = { production, staging: { secrets: { PASSPHRASE: "s", KEY: "k" } } };
  return repository.parse({ owner: "acme", name: "shop", environments, ...changes });
}

test.each([
  [{ visibility: "public" }, "reviewers", 0],
  [{ plan: "enterprise" }, "reviewers", 0],
  [{ plan: "team" }, "comment", 2],
  [{ plan: "free" }, "comment", 4],
])("%j: production waits for %s, and %i things are not enforced", (changes, gate, count) => {
  const given = settings(changes);
  expect(gateOf(given, "production")).toBe(gate);
  expect(gateOf(given, "staging")).toBe("none");
  expect(unenforced(given)).toHaveLength(count);
});

test("reviewers approve by comment as well", () => {
  expect(approversOf(settings({ approvers: ["bob", "ada"] }), "production")).toEqual([
    "bob",
    "ada",
  ]);
});

test("beside an environment that waits there is one for its plan, with its secrets and its refs", () => {
  const all = environmentsOf(settings({ plan: "enterprise" }));
  expect(all.map(({ name }) => name)).toEqual([
    "staging-plan",
    "staging",
    "production-plan",
    "production",
    "preview",
  ]);
  const [, , planning, deploying] = all;
  const { reviewers: _, waitMinutes: __, ...rest } = { ...deploying, name: "production-plan" };
  expect(planning).toMatchObject(rest);
  expect(planning).toMatchObject({ reviewers: { users: [], teams: [] }, waitMinutes: 0 });
  expect(deploying).toMatchObject({ waitMinutes: 5, refs: { branches: ["main"] } });
});

test("where GitHub asks nobody, and for what main deploys, there is no other one", () => {
  const all = environmentsOf(settings({ plan: "team" }));
  expect(all.map(({ name }) => name)).toEqual(["staging-plan", "staging", "production", "preview"]);
  expect(all[0]?.refs).toEqual({ branches: ["staging", "main"] });
  expect(all[1]?.refs).toEqual({ branches: ["staging"] });
});

test("drift of what tags deploy is looked for from main", () => {
  const all = environmentsOf(settings({ branching: "trunk", plan: "team" }));
  expect(all.map(({ name }) => name)).toEqual([
    "staging",
    "production-plan",
    "production",
    "preview",
  ]);
  expect(all[1]?.refs).toEqual({ tags: ["v*.*.*"], branches: ["main"] });
});

test("pull requests are previewed with staging's secrets, or with their own", () => {
  const own = { preview: { secrets: { KEY: "weak" } } };
  const { environments } = settings();
  const preview = (changes: object) => environmentsOf(settings(changes)).at(-1);
  expect(preview({})).toMatchObject({ name: "preview", secrets: environments.staging.secrets });
  expect(preview({ environments: { ...environments, ...own } })?.secrets).toEqual({
    ...{ PASSPHRASE: "s", KEY: "weak" },
  });
  expect(preview({})).not.toHaveProperty("refs");
});

test("this stack has an environment once its audit knows anything, for the default branch alone", () => {
  const github = { variables: { PULUMI_BACKEND_URL: "s3://states" } };
  const all = environmentsOf(settings({ plan: "team", token: "t", environments: { github } }));
  expect(all.find(({ name }) => name === "github")).toEqual({
    ...{ name: "github", refs: { branches: ["main"] }, ...github, secrets: {} },
    ...{ reviewers: { users: [], teams: [] }, waitMinutes: 0, preventSelfReview: false },
  });
});
