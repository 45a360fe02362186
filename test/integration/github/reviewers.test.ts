import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveImages } from "../../../scripts/images/resolve-images.ts";
import type { WorkflowRun } from "../../github/actions/workflow-run.ts";
import { removeImages, smallImage } from "../../small-image.ts";
import { refusal, shop } from "../../unit/github/shop.ts";
import { Pipeline } from "./pipeline.ts";

let pipeline: Pipeline;
const images = { a: "", b: "" };

beforeAll(async () => {
  const { helper } = await resolveImages({ detail: () => {}, note: console.info });
  for (const name of ["a", "b"] as const) images[name] = await smallImage(helper, name);
  pipeline = await Pipeline.open({
    ...{ plan: "enterprise", branching: "trunk" },
    ...{ preventSelfReview: true, reviewers: { users: ["mia", "ada"] } },
  });
});
afterAll(async () => {
  expect(pipeline?.github.at.github.server.complaints).toEqual([]);
  await pipeline?.close();
  await removeImages(...Object.values(images));
});

/** Makes a version of a commit with these settings of production. Returns what stands against the tag. */
async function tag(login: string, version: string, values: Record<string, unknown>) {
  const file = pipeline.productionWith({ "app.image": undefined, ...values });
  const commit = await pipeline.commit({ "Pulumi.production.yaml": file });
  return pipeline.github.at.push(login, `refs/tags/${version}`, commit);
}

const byHand = (file: string, inputs: Record<string, string> = {}) =>
  pipeline.start(file, { event: "workflow_dispatch", ref: "refs/tags/v1.2.4", inputs });

/** What somebody says of the environments that a run waits for; the words of a refusal. */
async function review(login: string, { record }: WorkflowRun, state: "approved" | "rejected") {
  const { actions } = pipeline.github.at.as(login);
  const run = { ...shop, run_id: record.id };
  const { data } = await actions.getPendingDeploymentsForRun(run);
  const environment_ids = data.flatMap(({ environment }) => environment.id ?? []);
  expect(environment_ids).toHaveLength(1);
  const decision = { ...run, environment_ids, state, comment: "" };
  return refusal(actions.reviewPendingDeploymentsForRun(decision));
}

const results = ({ jobs }: WorkflowRun) =>
  Object.entries(jobs).map(([name, { result }]) => `${name} ${result}`);
const saidBy = ({ jobs }: WorkflowRun) =>
  Object.values(jobs)
    .flatMap(({ steps }) => [...steps.values()].map(({ said }) => said))
    .join("\n");

/** Goes on with a run that somebody let in. */
async function letIn(run: WorkflowRun): Promise<string[]> {
  expect(await review("ada", run, "approved")).toBe("");
  await run.proceed();
  return results(run);
}

describe("a version that is tagged", () => {
  let run: WorkflowRun;

  it("has its plan made, and waits for GitHub's reviewers", async () => {
    const values = { "app.image": images.a };
    expect(await tag("walt", "v1.2.3", values)).not.toEqual([]);
    expect(await tag("mia", "v1.2.3", values)).toEqual([]);
    const trigger = { event: "push" as const, ref: "refs/tags/v1.2.3", actor: "mia" };
    run = pipeline.start("deploy-production.yml", trigger);
    const { plan } = await run.proceed();
    expect(plan?.steps.get("Plan")?.summary).toContain("**production**: plan");
    expect(results(run)).toEqual([
      ...["image success", "plan success", "deploy waiting", "release waiting"],
    ]);
  });

  it("is let in by a reviewer, and not by the one who tagged it", async () => {
    expect(await review("walt", run, "approved")).toMatch(/walt is no reviewer/);
    expect(await review("mia", run, "approved")).toMatch(/Who started a run may not approve it/);
    await run.proceed();
    expect(results(run)).toContain("deploy waiting");
    expect(await letIn(run), saidBy(run)).toEqual([
      ...["image success", "plan success", "deploy success", "release success"],
    ]);
  });

  it("serves, and is a release of GitHub's", async () => {
    expect(await pipeline.answer()).toBe("a");
    const { steps } = run.jobs.deploy as WorkflowRun["jobs"][string];
    expect([...steps.keys()]).toEqual(["The plan that was approved", "Deploy", "Report"]);
    expect(pipeline.repository.releases).toMatchObject([{ tag: "v1.2.3", isPrerelease: false }]);
  });
});

describe("a deploy that waits", () => {
  beforeAll(async () => expect(await tag("mia", "v1.2.4", {})).toEqual([]));

  it("ends when a reviewer refuses it", async () => {
    const run = byHand("deploy-production.yml", { image: images.b });
    await run.proceed();
    expect(await review("ada", run, "rejected")).toBe("");
    await run.proceed();
    expect(results(run)).toContain("deploy failure");
    expect(results(run)).toContain("release skipped");
    expect(run.jobs.deploy?.steps.size).toBe(0);
  });

  it("is deployed with the plan that reviewers saw, and not with another one", async () => {
    const runs = [1, 2].map(() => byHand("deploy-production.yml", { image: images.b }));
    for (const each of runs) await each.proceed();
    const [first, second] = runs as [WorkflowRun, WorkflowRun];
    expect(await letIn(first), saidBy(first)).toContain("deploy success");
    expect(await pipeline.answer()).toBe("b");
    expect(await letIn(second)).toContain("deploy failure");
    expect(saidBy(second)).toMatch(/plan [0-9a-f]{16} of production was approved, and this one/);
    expect(second.jobs.deploy?.steps.has("Deploy")).toBe(false);
  });
});

describe("a rollback by its workflow", () => {
  it("goes back to the release before, once a reviewer lets it", async () => {
    const run = byHand("rollback-production.yml");
    await run.proceed();
    expect(results(run)).toEqual(["rollback waiting"]);
    expect(await letIn(run), saidBy(run)).toEqual(["rollback success"]);
    expect(saidBy(run)).toMatch(/^Release [0-9a-f]{8} serves again\.$/m);
    expect(await pipeline.answer()).toBe("a");
    expect(run.jobs.rollback?.steps.get("Report")?.outputs.url).toMatch(/^https:/);
  });

  it("is no drift", async () => {
    const run = pipeline.start("drift.yml", { event: "schedule", actor: "ada" });
    const { production } = await run.proceed();
    expect(production?.steps.get("Issue")?.said).toBe("No drift.");
  });

  it("agrees with a deploy of settings and with a rollback at a desk", async () => {
    const desk = await pipeline.desk("v1.2.4");
    const settings = { "app.image": undefined, "services.web.settings": { GREETING: "hello" } };
    const file = pipeline.productionWith(settings);
    writeFileSync(desk.configFile, file);
    await desk.run("run-pulumi.ts", "up", "--yes", "--skip-preview", "--non-interactive");
    expect(await pipeline.answer()).toBe("a");
    const releases = await desk.run("list-releases.ts", "--json");
    const { release } = JSON.parse(releases).deploys.findLast(
      (each: { images: Record<string, string> }) => each.images["app.image"] === images.b,
    );
    expect(await desk.run("roll-back.ts", "--to", release, "--yes")).toContain("serves now");
    expect(await pipeline.answer()).toBe("b");
    expect(readFileSync(desk.configFile, "utf8")).toBe(file);
    const words = ["--refresh", "--expect-no-changes", "--non-interactive"];
    await desk.run("run-pulumi.ts", "preview", ...words);
  });
});
