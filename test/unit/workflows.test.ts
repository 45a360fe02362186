import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { repository } from "../../infra/schema/repository.ts";
import { readRepository } from "../../scripts/pipeline/read-repository.ts";
import type { Job, Workflow } from "../../scripts/workflows/workflow.ts";
import { workflowFiles } from "../../scripts/workflows/workflows.ts";
import { root } from "../../scripts/workspace.ts";

type Parsed = Workflow & { permissions: object };

function workflows(changes: object = {}): Map<string, Parsed> {
  const secret = (name: string) => ({
    secrets: { PULUMI_CONFIG_PASSPHRASE: name, WEBHOOK_URL: "u" },
  });
  const settings = repository.parse({
    ...{ owner: "acme", name: "shop", plan: "team" },
    environments: {
      staging: secret("staging"),
      production: { ...secret("production"), reviewers: { users: ["ada"] } },
      preview: { secrets: { PULUMI_CONFIG_PASSPHRASE: "preview" } },
    },
    ...changes,
  });
  return new Map([...workflowFiles(settings)].map(([name, text]) => [name, parse(text)]));
}

const jobsOf = (workflow: Parsed | undefined) => Object.values<Job>(workflow?.jobs ?? {});

test("the repository's own are what its settings make of them", () => {
  const wanted = workflowFiles(readRepository());
  const directory = join(root, ".github/workflows");
  const there = readdirSync(directory).map((name): [string, string] => [
    name,
    readFileSync(join(directory, name), "utf8"),
  ]);
  expect(new Map(there.sort())).toEqual(new Map([...wanted].sort()));
});

describe("a push deploys what the model says, and nothing else", () => {
  test.each([
    ["promotion", { staging: { branches: ["staging"] }, production: { branches: ["main"] } }],
    [
      "gitflow",
      {
        development: { branches: ["develop"] },
        staging: { branches: ["release/*", "hotfix/*"] },
        production: { branches: ["main"] },
      },
    ],
    ["trunk", { staging: { branches: ["main", "hotfix/*"] }, production: { tags: ["v*.*.*"] } }],
  ])("%s", (branching, expected) => {
    const deploys = [...workflows({ branching })].flatMap(([name, { on }]) => {
      const [, target] = /^deploy-(\w+)\.yml$/.exec(name) ?? [];
      return target ? [[target, on.push]] : [];
    });
    expect(Object.fromEntries(deploys)).toEqual(expected);
  });
});

test.each(["promotion", "gitflow", "trunk"])("%s: no job may do more than it says", (branching) => {
  for (const [, workflow] of workflows({ branching })) {
    expect(workflow.permissions).toEqual({});
    for (const { steps } of jobsOf(workflow)) {
      for (const { uses, with: options } of steps.filter(({ uses }) => uses)) {
        expect(uses).toMatch(/@[0-9a-f]{40}$/);
        expect(options).toMatchObject({ "persist-credentials": false });
      }
    }
  }
});

test("what a pull request runs uses the environment of previews alone, and no fork gets there", () => {
  const own = [...workflows()].filter(([, { on }]) => "pull_request" in on);
  expect(own.map(([name]) => name)).toEqual(["checks.yml", "preview.yml"]);
  for (const [name, workflow] of own) {
    expect(workflow.on).not.toHaveProperty("pull_request_target");
    const jobs = jobsOf(workflow);
    expect(jobs.map(({ environment }) => environment?.name).filter(Boolean)).toEqual(
      name === "preview.yml" ? ["preview"] : [],
    );
    const uses = JSON.stringify(workflow).includes("secrets.");
    expect(uses).toBe(name === "preview.yml");
  }
  const [job] = jobsOf(workflows().get("preview.yml"));
  expect(job?.if).toBe("github.event.pull_request.head.repo.full_name == github.repository");
});

test("one deploy of a stack at a time, and none is cancelled in the middle", () => {
  const groups = [...workflows()].flatMap(([, workflow]) =>
    jobsOf(workflow).flatMap(({ steps, concurrency }) =>
      steps.some(({ run }) => /pulumi up|run --silent rollback/.test(run ?? ""))
        ? [concurrency]
        : [],
    ),
  );
  expect(groups).toHaveLength(4);
  for (const each of groups) expect(each?.["cancel-in-progress"]).toBe(false);
  expect(new Set(groups.map((each) => each?.group)).size).toBe(2);
});

describe("what production waits for", () => {
  const production = (changes: object) =>
    workflows(changes).get("deploy-production.yml")?.jobs ?? {};

  test("GitHub's reviewers, who see the plan that is then deployed", () => {
    const { plan, deploy } = production({ plan: "enterprise" });
    expect(plan?.environment?.name).toBe("production-plan");
    expect(deploy?.environment?.name).toBe("production");
    expect(JSON.stringify(deploy)).toContain("needs.plan.outputs.hash");
    expect([...workflows({ plan: "enterprise" }).keys()]).not.toContain("approval.yml");
  });

  test("a comment, where GitHub asks nobody", () => {
    const { plan, deploy } = production({});
    expect(plan?.if).toBe("inputs.approval == ''");
    expect(deploy?.if).toContain("inputs.approval != ''");
    const [, approval] = deploy?.steps ?? [];
    expect(approval?.run).toContain("require-approval.ts");
    expect([...workflows().keys()]).toContain("approval.yml");
  });

  test("nobody, when nobody is named", () => {
    const { plan, deploy } = production({ environments: {} });
    expect(plan).toBeUndefined();
    expect(deploy?.needs).toEqual(["image"]);
  });
});

test("without environments the secrets have longer names, which only jobs of that stack use", () => {
  const all = workflows({ plan: "free" });
  const text = JSON.stringify(all.get("deploy-production.yml"));
  expect(text).toContain("secrets.PRODUCTION_PULUMI_CONFIG_PASSPHRASE");
  expect(text).not.toContain("secrets.STAGING_");
  expect(text).not.toContain('"environment"');
  expect(JSON.stringify(all.get("preview.yml"))).not.toContain("PRODUCTION_");
});

test("GitHub is told of a deploy and of a rollback where it has no environments, and only there", () => {
  for (const [file, deploys] of [
    ["deploy-production.yml", "Deploy"],
    ["rollback-production.yml", "Roll back"],
  ] as const) {
    const job = (plan: string) => jobsOf(workflows({ plan }).get(file)).at(-1);
    const names = job("free")?.steps.map(({ name }) => name) ?? [];
    const own = ["Deployment", deploys, "Report", "What came of the deployment"];
    expect(names.filter((name) => own.includes(name ?? ""))).toEqual(own);
    expect(job("free")?.permissions).toMatchObject({ contents: "read", deployments: "write" });
    for (const plan of ["team", "enterprise"]) {
      expect(job(plan)?.permissions).not.toHaveProperty("deployments");
      expect(job(plan)?.environment?.url).toBe("${{ steps.report.outputs.url }}");
    }
  }
});

test("one image: the first stack builds it, those after it find it", () => {
  const all = workflows({ application: "examples/erp", image: "ghcr.io/acme/shop" });
  const image = (target: string) => all.get(`deploy-${target}.yml`)?.jobs.image;
  expect(image("staging")?.permissions).toEqual({ contents: "read", packages: "write" });
  expect(image("staging")?.steps.at(-1)?.run).toBe("scripts/pipeline/image.sh build");
  expect(image("production")?.permissions).toEqual({ contents: "read", packages: "read" });
  expect(image("production")?.steps.at(-1)?.run).toBe("scripts/pipeline/image.sh find");
});

test("drift of the repository itself is looked for where its audit is given what it needs", () => {
  const drift = (changes: object) => workflows(changes).get("drift.yml")?.jobs ?? {};
  expect(Object.keys(drift({}))).toEqual(["staging", "production"]);
  const github = { secrets: { PULUMI_CONFIG_PASSPHRASE: "p", WEBHOOK_URL: "u" } };
  const job = drift({ token: "t", environments: { github } }).github;
  expect(job).toMatchObject({
    ...{ if: "github.ref == 'refs/heads/main'", environment: { name: "github" } },
    permissions: { contents: "read", issues: "write" },
  });
  const [, audit, issue, notification] = job?.steps ?? [];
  expect(audit?.env).toEqual({
    ...{ STACK: "github", WEBHOOK_URL: "${{ secrets.WEBHOOK_URL }}" },
    PULUMI_CONFIG_PASSPHRASE: "${{ secrets.PULUMI_CONFIG_PASSPHRASE }}",
  });
  expect(issue?.run).toMatch(/report-drift\.ts --stack "\$STACK"/);
  expect(notification?.if).toBe("failure()");
});
