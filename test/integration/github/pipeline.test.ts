import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shop } from "../../unit/github/shop.ts";
import { Pipeline } from "./pipeline.ts";

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await Pipeline.open({ plan: "free", reviewers: { users: ["mia"] } });
});
afterAll(async () => {
  expect(pipeline?.github.at.github.server.complaints).toEqual([]);
  await pipeline?.close();
});

const bodies = async (number: number) => {
  const { issues } = pipeline.github.at.as("rita");
  const { data } = await issues.listComments({ ...shop, issue_number: number });
  return data.map(({ body }) => body ?? "");
};

describe("a pull request", () => {
  let payload: object;
  let number: number;

  const preview = (full_name = "acme/shop") =>
    pipeline.run("preview.yml", {
      ...{ event: "pull_request", ref: "refs/heads/feature" },
      payload: { ...payload, pull_request: { ...pullRequest(), head: { repo: { full_name } } } },
    });
  let base: string;
  const pullRequest = () => ({ number, base: { sha: base } });

  beforeAll(async () => {
    payload = {};
    base = (await pipeline.repository.git.resolve("main")) ?? "";
    await pipeline.commit(
      {
        "Pulumi.production.yaml": pipeline.productionWith({ "services.web.replicas": 2 }),
        "examples/erp/src/erp/migrations/versions/0099_more.py": "revision = '0099'\n",
      },
      "feature",
    );
    const { pulls } = pipeline.github.at.as("walt");
    const change = { title: "Two replicas", head: "feature", base: "main" };
    ({ number } = (await pulls.create({ ...shop, ...change })).data);
  });

  it("gets one comment: staging's plan, production's settings, migrations", async () => {
    const { preview: job } = await preview();
    expect([...(job?.steps.values() ?? [])].map(({ said }) => said).join("\n")).not.toMatch(
      /error/i,
    );
    expect(job?.result).toBe("success");
    const [comment = "", ...others] = await bodies(number);
    expect(others).toEqual([]);
    expect(comment).toMatch(/\*\*staging\*\*: plan `[0-9a-f]{16}`/);
    expect(comment).toContain("`slipway:services.web.replicas`: `2` (new)");
    expect(comment).toContain("`examples/erp/src/erp/migrations/versions/0099_more.py` (new)");
    expect(comment).toContain("Downtime: None");
  });

  it("has it brought up to date by the next push", async () => {
    await pipeline.commit(
      { "Pulumi.production.yaml": pipeline.productionWith({ "services.web.replicas": 3 }) },
      "feature",
    );
    await preview();
    const comments = await bodies(number);
    expect(comments).toHaveLength(1);
    expect(comments[0]).toContain("`slipway:services.web.replicas`: `3` (new)");
  });

  it("of a fork runs nothing that has a secret", async () => {
    const { preview: job } = await preview("mallory/shop");
    expect(job?.result).toBe("skipped");
  });
});

describe("production", () => {
  /** The issue or the pull request in which approval is asked for, with the line to type. */
  const asked = async () => {
    const { issues } = pipeline.github.at.as("rita");
    const { data } = await issues.listForRepo({ ...shop, state: "open" });
    const issue = data.find(({ title }) => title === "Deploy main to production");
    const approval = /^ {4}(\/deploy production [0-9a-f]{16})$/m.exec(issue?.body ?? "")?.[1] ?? "";
    return { number: issue?.number ?? 0, approval };
  };

  /** What somebody's comment comes to: the run that takes it, and the deploy that it starts. */
  const comment = async (login: string, body: string, number: number) => {
    const { issues } = pipeline.github.at.as(login);
    const { data } = await issues.createComment({ ...shop, issue_number: number, body });
    const payload = { issue: { number }, comment: { id: data.id, body, user: { login } } };
    const trigger = { event: "issue_comment" as const, actor: login, payload };
    const { approval } = await pipeline.run("approval.yml", trigger);
    return { id: data.id, result: approval?.result };
  };

  const dispatched = () => pipeline.repository.dispatches.at(-1);
  const deploy = (inputs: Record<string, string> = {}) =>
    pipeline.run("deploy-production.yml", {
      ...(inputs.approval ? { event: "workflow_dispatch" as const } : { event: "push" as const }),
      inputs,
    });
  const close = async (number: number) => {
    await pipeline.github.at
      .as("ada")
      .issues.update({ ...shop, issue_number: number, state: "closed" });
  };
  /** What GitHub was told of each deployment, one after the other. */
  const deployments = () =>
    pipeline.repository.deployments.map(({ statuses }) => statuses.map(({ state }) => state));
  const saidBy = (job: { steps: Map<string, { said: string }> } | undefined) =>
    [...(job?.steps.values() ?? [])].map(({ said }) => said).join("\n");

  it("waits, with its plan where it can be approved", async () => {
    const jobs = await deploy();
    expect(saidBy(jobs.plan)).toMatch(/Asked for approval in issue \d+/);
    expect(jobs.plan?.steps.get("Plan")?.summary).toContain("**production**: plan");
    expect(jobs.deploy?.result).toBe("skipped");
    expect((await asked()).approval).not.toBe("");
  });

  it("is not approved by who may not, by other words, or for a plan that nobody asked about", async () => {
    const { number, approval } = await asked();
    expect((await comment("walt", approval, number)).result).toBe("failure");
    expect((await comment("mia", `${approval} please`, number)).result).toBe("failure");
    expect((await comment("mia", `/deploy production ${"0".repeat(16)}`, number)).result).toBe(
      "failure",
    );
    expect((await comment("mia", "What does this do?", number)).result).toBe("skipped");
    expect(pipeline.repository.dispatches).toEqual([]);
    expect(await bodies(number)).toContain(
      "Nothing is deployed: @walt may not approve a deploy to production; mia may.",
    );
  });

  it("is not deployed by who starts the workflow with a comment that approves nothing", async () => {
    const { number, approval } = await asked();
    const own = await comment("walt", approval, number);
    const jobs = await deploy({ approval: String(own.id) });
    expect(saidBy(jobs.deploy)).toContain("@walt may not approve");
    expect(jobs.deploy?.result).toBe("failure");
    const { id } = await comment("mia", "I will look at it", number);
    const { issues } = pipeline.github.at.as("ada");
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await issues.updateComment({ ...shop, comment_id: id, body: approval });
    const changed = await deploy({ approval: String(id) });
    expect(saidBy(changed.deploy)).toContain("was changed after @mia wrote it");
    expect(changed.deploy?.result).toBe("failure");
  });

  it("is deployed once one of those who may approves its plan", async () => {
    const { number, approval } = await asked();
    expect((await comment("mia", approval, number)).result).toBe("success");
    expect(dispatched()).toMatchObject({ workflow: "deploy-production.yml", ref: "main" });
    const jobs = await deploy(dispatched()?.inputs as Record<string, string>);
    expect(saidBy(jobs.deploy)).toContain("@mia approved plan");
    expect(jobs.deploy?.result, saidBy(jobs.deploy)).toBe("success");
    expect(jobs.plan?.result).toBe("skipped");
    expect(jobs.deploy?.steps.get("Report")?.summary).toContain("healthy");
    const environmentUrl = jobs.deploy?.steps.get("Report")?.outputs.url;
    expect(environmentUrl).toMatch(/^https:/);
    expect(deployments()).toEqual([["in_progress", "success"]]);
    expect(pipeline.repository.deployments[0]?.statuses).toMatchObject([{}, { environmentUrl }]);
    await close(number);
  });

  it("has nothing to approve when nothing would change", async () => {
    const jobs = await deploy();
    expect(saidBy(jobs.plan)).toContain("there is nothing to approve");
  });

  it("is not deployed when the plan is another one by then", async () => {
    await pipeline.commit({
      "Pulumi.production.yaml": pipeline.productionWith({ "services.web.replicas": 2 }),
    });
    await deploy();
    const { number, approval } = await asked();
    await pipeline.commit({
      "Pulumi.production.yaml": pipeline.productionWith({ "services.web.replicas": 3 }),
    });
    await comment("mia", approval, number);
    const jobs = await deploy(dispatched()?.inputs as Record<string, string>);
    expect(jobs.deploy?.result).toBe("failure");
    expect(saidBy(jobs.deploy)).toMatch(
      /plan [0-9a-f]{16} of production was approved, and this is/,
    );
    expect(jobs.deploy?.steps.has("Deploy")).toBe(false);
    expect(deployments()).toHaveLength(1);
    await close(number);
  });

  it("is looked at every night, and what a hand changed stands in one issue until it is gone", async () => {
    const drift = async () => {
      const jobs = await pipeline.run("drift.yml", { event: "schedule", actor: "ada" });
      expect(jobs.production?.result, saidBy(jobs.production)).toBe("success");
      // Its branch was not made yet.
      expect(jobs.staging?.result).toBe("success");
      expect(saidBy(jobs.staging)).toBe("Nothing was deployed yet.");
      const { issues } = pipeline.github.at.as("rita");
      const { data } = await issues.listForRepo({ ...shop, state: "all", labels: "drift" });
      return data.filter(({ title }) => title === "Drift of production");
    };
    // The commits since the deploy ask for other numbers of replicas.
    await pipeline.commit({ "Pulumi.production.yaml": pipeline.productionWith() });
    expect(await drift()).toEqual([]);
    const marker = "/var/lib/slipway/production/live/release";
    const release = readFileSync(marker, "utf8");
    writeFileSync(marker, "nothing\n");
    const [opened] = await drift();
    writeFileSync(marker, release);
    expect(opened?.state).toBe("open");
    expect(opened?.body).toMatch(/\| release \|/);
    const issues = await drift();
    expect(issues.map(({ state }) => state)).toEqual(["closed"]);
  });

  it("goes back to the release before by its workflow", async () => {
    await pipeline.commit({ "Pulumi.production.yaml": pipeline.productionWith() });
    const { rollback } = await pipeline.run("rollback-production.yml", {
      event: "workflow_dispatch",
    });
    expect(rollback?.result).toBe("failure");
    expect(saidBy(rollback)).toContain("there is none to go back to");
    expect(rollback?.steps.get("Releases")?.summary).toContain("live");
    expect(deployments().at(-1)).toEqual(["in_progress", "failure"]);
  });
});
