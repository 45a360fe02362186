import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtempDisposable } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { repository } from "../../../infra/schema/repository.ts";
import { withoutSecrets } from "../../../scripts/pipeline/read-repository.ts";
import { workflowFiles } from "../../../scripts/workflows/workflows.ts";
import { WorkflowRun } from "../../github/actions/workflow-run.ts";
import { shop } from "../../unit/github/shop.ts";
import { lines, type Report } from "../audit.ts";
import { production, RepositoryStack } from "./repository-stack.ts";
import { fetchThisCheckout, linkModules } from "./this-checkout.ts";

let stack: RepositoryStack;

beforeAll(async () => {
  stack = await RepositoryStack.open();
  stack.configure({ environments: { production } });
  await stack.setSecret("environments.production.secrets.PASSPHRASE", "planted-passphrase");
});
afterAll(() => stack.close());
afterEach(() => expect(stack.at.github.server.complaints).toEqual([]));

/** What the audit finds; its exit status has to say the same. */
async function audit(): Promise<Report> {
  const { exitCode, stdout, stderr } = await stack.script("audit-stack.ts", ["--json"]);
  expect({ exitCode, stderr }).toEqual({ exitCode: exitCode === 2 ? 2 : 0, stderr: "" });
  const report: Report = JSON.parse(stdout);
  expect(report.drift, stdout).toBe(exitCode === 2);
  expect(stdout).not.toContain("planted-passphrase");
  return report;
}

/** Does what a finding says, as a person would type it. */
async function heal(type: string): Promise<void> {
  const address = /^gh api --hostname \S+ --method DELETE (\S+)$/.exec(type)?.[1];
  if (address) {
    await stack.at.as("ada").request(`DELETE /${address}`);
    return;
  }
  for (const step of type.replaceAll(" --stack github", "").split(", then ")) {
    const [, command = step, words = ""] = /^npm run (\S+) --(?: (.*))?$/.exec(step) ?? [];
    const typed = words.split(" ").filter(Boolean);
    const { exitCode, all } =
      command === "pulumi"
        ? await stack.pulumi(...typed, "--yes", "--skip-preview")
        : await stack.script(scripts[command] ?? step, typed);
    expect(exitCode, `${step}: ${all}`).toBe(0);
  }
}

const scripts: Record<string, string> = {
  audit: "audit-stack.ts",
  recover: "recover-stack.ts",
};

const environment = (name: string) => {
  const found = stack.at.repository.environments.get(name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
};
const ruleset = (name: string) => {
  const found = [...stack.at.repository.rulesets.values()].find((each) => each.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
};

it("of a repository that nothing was deployed to says what to type", async () => {
  const { exitCode, stderr } = await stack.script("audit-stack.ts");
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr:
      "slipway: nothing was deployed to github yet; type: npm run pulumi -- up --stack github",
  });
});

it("of a repository that nobody touched finds nothing, in seconds", async () => {
  await stack.up();
  const report = await audit();
  expect(report.findings).toEqual([]);
  expect(report).toMatchObject({ stack: "github", drift: false, certificates: [], leftOut: [] });
  console.info(`an audit of the repository took ${report.seconds} s`);
  const { stdout } = await stack.script("audit-stack.ts");
  expect(stdout).toMatch(/^github: all is as it was deployed \(/);
});

describe("what a hand changed", () => {
  it("is found where the plugin reads nothing, and healed by what is typed, though by no `up`", async () => {
    environment("production").reviewers = [];
    await stack.at.as("ada").repos.createDeploymentBranchPolicy({
      ...{ ...shop, environment_name: "production", name: "feature/*" },
    });
    const secret = environment("production").secrets.get("PASSPHRASE");
    Object.assign(secret ?? {}, { value: "another", updatedAt: "2100-01-01T00:00:00Z" });
    const { findings } = await audit();
    expect(findings).toEqual([
      {
        ...{ kind: "environment", severity: "drift", what: "environment production: reviewers" },
        ...{ expected: "1 user and 1 team", found: "nobody is asked" },
        type: "npm run audit -- --redo --stack github, then npm run pulumi -- up --stack github",
      },
      {
        ...{ kind: "environment", severity: "drift" },
        ...{ what: "environment production: branch feature/*" },
        ...{ expected: "may not use it", found: "may use it" },
        type: expect.stringMatching(/^gh api /),
      },
      {
        ...{ kind: "secret", severity: "drift", what: "environment production: secret PASSPHRASE" },
        ...{ expected: "as it was deployed", found: "written since, at 2100-01-01T00:00:00.000Z" },
        type: "npm run audit -- --redo --stack github, then npm run pulumi -- up --stack github",
      },
    ]);
    await stack.up("--refresh");
    expect(environment("production").reviewers).toEqual([]);
    expect(environment("production").secrets.get("PASSPHRASE")?.value).toBe("another");
    for (const type of new Set(findings.map((each) => each.type))) await heal(type);
    expect(environment("production")).toMatchObject({
      reviewers: [{ type: "Team" }, { type: "User" }],
      ...{ preventSelfReview: true, waitMinutes: 10 },
    });
    expect(environment("production").secrets.get("PASSPHRASE")?.value).toBe("planted-passphrase");
    expect((await audit()).findings).toEqual([]);
  });

  it("is found by name, each thing once, and healed by a deploy that looks", async () => {
    Object.assign(environment("production"), { waitMinutes: 0, canAdminsBypass: true });
    Object.assign(environment("staging"), { branchPolicy: null });
    for (const policy of environment("production").policies.values()) policy.name = "feature/*";
    ruleset("main").enforcement = "disabled";
    ruleset("main").bypass_actors = [
      { actor_id: 5, actor_type: "RepositoryRole", bypass_mode: "always" },
    ];
    ruleset("staging").rules = ruleset("staging").rules.slice(1);
    stack.at.repository.environments.delete("production-plan");
    const report = await audit();
    expect(lines(report).sort()).toEqual([
      "program actions environment secret production-plan-PASSPHRASE: gone",
      "program actions environment variable production-plan-AWS_REGION: gone",
      "program repository environment deployment policy production-main: branchPattern: feature/*",
      "program repository environment deployment policy production-plan-main: gone",
      "program repository environment production-plan: gone",
      "program repository environment production: canAdminsBypass: true",
      "program repository environment production: waitTimer: 0",
      "program repository environment staging: deploymentBranchPolicy: changed",
      "program repository ruleset rules-main: bypassActors: changed",
      "program repository ruleset rules-main: enforcement: disabled",
      "program repository ruleset rules-staging: rules: changed",
    ]);
    const types = new Set(report.findings.map(({ type }) => type));
    expect([...types]).toEqual(["npm run pulumi -- up --refresh --stack github"]);
    await heal([...types][0] ?? "");
    expect((await audit()).findings).toEqual([]);
    expect(environment("production-plan").secrets.get("PASSPHRASE")?.value).toBe(
      "planted-passphrase",
    );
  });
});

it("finds in the state what was cut off, and `recover` clears it", async () => {
  const file = join(stack.directory, ".pulumi/stacks/slipway/github.json");
  const state = JSON.parse(readFileSync(file, "utf8"));
  const { latest } = state.checkpoint;
  const [resource] = latest.resources.slice(-1);
  latest.pending_operations = [{ type: "updating", resource }];
  writeFileSync(file, JSON.stringify(state));
  const locks = join(stack.directory, ".pulumi/locks/organization/slipway/github");
  mkdirSync(locks, { recursive: true });
  const owner = { pid: 4194303, username: "ann", hostname: hostname() };
  writeFileSync(
    join(locks, "1.json"),
    JSON.stringify({ ...owner, timestamp: "2026-01-01T00:00:00Z" }),
  );
  const report = await audit();
  expect(lines(report)).toEqual([
    expect.stringMatching(/^state .*: not ended \(updating\)$/),
    expect.stringMatching(/^state lock: left by process 4194303 of ann@/),
  ]);
  for (const { type } of report.findings) expect(type).toBe("npm run recover -- --stack github");
  await heal(report.findings[0]?.type ?? "");
  expect((await audit()).findings).toEqual([]);
});

it("says in one line that the token is refused, and what to type", async () => {
  const { exitCode, stdout, stderr } = await stack.script("audit-stack.ts", [], {
    GITHUB_TOKEN: "planted-token",
  });
  expect({ exitCode, stdout, stderr }).toEqual({
    ...{ exitCode: 1, stdout: "" },
    stderr: `slipway: GitHub refuses the token for acme/shop at ${stack.at.github.baseUrl}; nothing was changed. Give it a valid one: npm run pulumi -- --stack github config set --secret --path slipway:repository.token`,
  });
});

it("is made every night, and what it finds stands in one issue until it is gone", async () => {
  const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE } = stack.state;
  const within = "environments.github";
  await stack.set(`${within}.variables.PULUMI_BACKEND_URL`, PULUMI_BACKEND_URL);
  await stack.setSecret(`${within}.secrets.PULUMI_CONFIG_PASSPHRASE`, PULUMI_CONFIG_PASSPHRASE);
  await stack.setSecret("token", "token-of-an-owner");
  await stack.up();
  await commitWorkflow();
  await using copied = await mkdtempDisposable(join(tmpdir(), "slipway-modules-"));
  const modules = await linkModules(copied.path);
  const drift = async () => {
    const { github, repository } = stack.at;
    const trigger = { event: "schedule", ref: "refs/heads/main", actor: "ada" } as const;
    const run = new WorkflowRun(github, repository, "drift.yml", trigger, modules);
    const { github: job } = await run.proceed();
    expect(job?.result, JSON.stringify([...(job?.steps ?? [])])).toBe("success");
    const { data } = await stack.at.as("rita").issues.listForRepo({ ...shop, state: "all" });
    return data.map(({ title, state, body }) => ({ title, state, body }));
  };
  const { reviewers } = environment("production");
  environment("production").reviewers = [];
  expect(await drift()).toEqual([
    {
      ...{ title: "Drift of github", state: "open" },
      body: expect.stringContaining("| environment | environment production: reviewers |"),
    },
  ]);
  environment("production").reviewers = reviewers;
  expect((await drift()).map(({ state }) => state)).toEqual(["closed"]);
});

/** Puts this checkout on `main`, with the stack's file and, of the workflow that is written of it, the job of this stack. */
async function commitWorkflow(): Promise<void> {
  const { git } = stack.at.repository;
  const checkout = await fetchThisCheckout(git);
  const { config } = parse(stack.file);
  const settings = repository.parse(withoutSecrets(config["slipway:repository"]));
  const drift = parse(workflowFiles(settings).get("drift.yml") ?? "");
  const jobs = { github: drift.jobs.github };
  const files = {
    "Pulumi.github.yaml": stack.file,
    ".github/workflows/drift.yml": stringify({ ...drift, jobs }),
  };
  const commit = await git.commit({ parents: [checkout], files });
  await git.setRef("refs/heads/main", commit);
}
