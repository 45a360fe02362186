import { describe, expect, test } from "vitest";
import { auditOf } from "../../scripts/audit/audit.ts";
import { repositoryChecks } from "../../scripts/audit/checks.ts";
import { deployedRepositoryOf } from "../../scripts/audit/deployed-repository.ts";
import type { RepositoryEvidence } from "../../scripts/audit/repository-evidence.ts";
import type { StateResource } from "../../scripts/deployment.ts";
import { environmentType, forgetWork } from "../../scripts/forget-work.ts";

const environment = (name: string, inputs: object = {}): StateResource => ({
  urn: `urn:pulumi:github::slipway::slipway:index:DeploymentEnvironment$${environmentType}::${name}`,
  ...{ type: environmentType, id: `shop:${name}`, inputs: { environment: name, ...inputs } },
});
const policyType =
  "github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy";
const policy = (id: number): StateResource => ({
  ...{ urn: `urn:pulumi:github::slipway::${policyType}::production-main`, type: policyType },
  id: `shop:production:${id}`,
});
const byPattern = { deploymentBranchPolicy: { customBranchPolicies: true } };
const asked = { reviewers: [{ users: [1, 2], teams: [3] }] };
const deployment = {
  resources: [
    environment("production", { ...asked, ...byPattern }),
    environment("preview"),
    policy(7),
  ],
};
const main = { id: 7, name: "main", type: "branch" };

function found(
  environments: Record<string, { isAsked: boolean; policies: (typeof main)[] }>,
  {
    resources = deployment.resources,
    api = "https://api.github.com/",
    written = {} as Record<string, Date>,
  } = {},
) {
  const evidence: RepositoryEvidence = {
    ...{ environment: { stack: "github" }, settings: { owner: "acme", name: "shop", api } },
    ...{ steps: [], locks: [], deploy: undefined, deployed: deployedRepositoryOf({ resources }) },
    environments: new Map(Object.entries(environments)),
    written: new Map(Object.entries(written)),
  };
  return auditOf(evidence, repositoryChecks).findings;
}

describe("an environment beside what was deployed", () => {
  test("is as it was", () => {
    expect(found({ production: { isAsked: true, policies: [main] } })).toEqual([]);
  });

  test("asks nobody any more", () => {
    const [one, ...others] = found({
      production: { isAsked: false, policies: [main] },
      preview: { isAsked: false, policies: [] },
    });
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      ...{ kind: "environment", what: "environment production: reviewers" },
      ...{ expected: "2 users and 1 team", found: "nobody is asked", redo: ["production"] },
    });
  });

  test("is gone, which the engine tells", () => {
    expect(found({})).toEqual([]);
  });

  const added = { id: 8, name: "feature/*", type: "branch" };
  test.each([
    ["https://api.github.com/", "gh api --method"],
    ["https://api.acme.ghe.com/", "gh api --hostname acme.ghe.com --method"],
    ["https://git.acme.com/api/v3/", "gh api --hostname git.acme.com --method"],
  ])("may be used by another branch: %s", (api, command) => {
    expect(found({ production: { isAsked: true, policies: [main, added] } }, { api })).toEqual([
      {
        ...{
          kind: "environment",
          severity: "drift",
          what: "environment production: branch feature/*",
        },
        ...{ expected: "may not use it", found: "may use it" },
        type: `${command} DELETE repos/acme/shop/environments/production/deployment-branch-policies/8`,
      },
    ]);
  });

  test("has patterns where every ref may use it, which the engine tells", () => {
    expect(found({ preview: { isAsked: false, policies: [added] } })).toEqual([]);
  });

  test("of a state that still has the one before it, is compared with the new one", () => {
    const before = { ...environment("production", asked), delete: true };
    const resources = [before, environment("production")];
    expect(found({ production: { isAsked: false, policies: [] } }, { resources })).toEqual([
      expect.objectContaining({ kind: "state", found: "still to be deleted" }),
    ]);
  });
});

test("a secret that was written since it was deployed is found, and when", () => {
  const secret = (type: string, inputs: object): StateResource => ({
    ...{ urn: `urn:pulumi:github::slipway::${type}::S-${type}`, type, inputs },
    outputs: { updatedAt: "2026-01-02 03:04:05 +0000 UTC" },
  });
  const resources = [
    secret("github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret", {
      ...{ environment: "production", secretName: "KEY" },
    }),
    secret("github:index/actionsSecret:ActionsSecret", { secretName: "STAGING_KEY" }),
  ];
  const at = (text: string) =>
    found(
      {},
      { resources, written: Object.fromEntries(resources.map(({ urn }) => [urn, new Date(text)])) },
    ).map(({ kind, what, found, redo }) => [kind, what, found, redo]);
  expect(at("2026-01-02T03:04:05Z")).toEqual([]);
  expect(at("2026-01-02T03:04:06Z")).toEqual(
    [
      ["environment production: secret KEY", resources[0]],
      ["secret STAGING_KEY", resources[1]],
    ].map(([what, resource]) => [
      ...["secret", what, "written since, at 2026-01-02T03:04:06.000Z"],
      [`S-${(resource as StateResource).type}`],
    ]),
  );
});

test("a state forgets who is asked, and nothing else of the environment", () => {
  const outputs = { waitTimer: 5, __pulumi_raw_state_delta: {}, ...asked };
  const resource = { ...environment("production", asked), outputs };
  forgetWork(resource);
  expect(resource.inputs).toEqual({ environment: "production", reviewers: [] });
  expect(outputs).toEqual({ waitTimer: 5, reviewers: [] });
});
