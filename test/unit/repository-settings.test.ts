import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { readRepository } from "../../infra/settings.ts";

await pulumi.runtime.setMocks(
  { newResource: () => ({ id: "", state: {} }), call: () => ({}) },
  "slipway",
  "github",
);

const least = { owner: "acme", name: "shop" };

function read(repository: object, { rest = {}, secret = [] as string[] } = {}) {
  const given = { repository, transport: "pull", images: {}, releaseKey: "", ...rest };
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(given).map(([key, value]) => [
        `slipway:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    ),
    secret,
  );
  return readRepository();
}

test("owner and name are enough", () => {
  expect(read(least)).toMatchObject({ branching: "promotion", plan: "free", approvals: 1 });
});

test("a repository has no application", () => {
  expect(() => read(least, { rest: { services: { api: { port: 80 } } } })).toThrow(
    /slipway:services\n.*a key that is not known/,
  );
});

test.each([
  [{ token: "ghp_planted" }, "slipway:repository.token"],
  [
    { environments: { staging: { secrets: { PASSPHRASE: "ghp_planted" } } } },
    "slipway:repository.environments.staging.secrets.PASSPHRASE",
  ],
])("a secret in plain text is refused, and not shown", (changes, key) => {
  const attempt = () => read({ ...least, ...changes });
  expect(attempt).toThrow(`config set --secret --path '${key}'`);
  expect(attempt).not.toThrow("ghp_planted");
  expect(read({ ...least, ...changes }, { secret: ["slipway:repository"] })).toMatchObject(changes);
});

const variables = { A: "b" };
const byTeam = { production: { reviewers: { teams: ["operations"] } } };

test.each([
  ["an environment that nothing deploys", { environments: { development: { variables } } }],
  ["gitflow has it", { branching: "gitflow", environments: { development: { variables } } }],
])("%s", (title, changes) => {
  const attempt = () => read({ ...least, ...changes });
  if (title === "gitflow has it") expect(attempt).not.toThrow();
  else expect(attempt).toThrow(/promotion deploys no development/);
});

test("where a comment approves, somebody has to be allowed to write it", () => {
  const attempt = (changes: object) => () => read({ ...least, environments: byTeam, ...changes });
  expect(attempt({})).toThrow(/slipway:repository.approvers\n/);
  expect(attempt({ approvers: ["ada"] })).not.toThrow();
  expect(attempt({ plan: "enterprise" })).not.toThrow();
});

test("what this repository is administrated with is given to no plan where every branch could read it", () => {
  const github = { variables: { PULUMI_BACKEND_URL: "s3://states" } };
  const attempt = (changes: object) => () =>
    read({ ...least, environments: { github }, ...changes }, { secret: ["slipway:repository"] });
  expect(attempt({ token: "t" })).toThrow(
    /repository\.environments\.github\n.*nothing on this plan, since every branch could read .*rm --path 'slipway:repository\.environments\.github'/s,
  );
  expect(attempt({ plan: "team" })).toThrow(
    /what the audit of this repository asks GitHub with.*set --secret --path 'slipway:repository\.token'/s,
  );
  expect(attempt({ plan: "team", token: "t" })).not.toThrow();
});
