import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { Job } from "../../../scripts/workflows/workflow.ts";
import type { Ended } from "./admission.ts";
import { type Contexts, holds, interpolate } from "./expressions.ts";
import { runStep, type StepResult } from "./run-step.ts";

export interface JobResult extends Ended {
  /** By the steps' names. */
  steps: Map<string, StepResult>;
}

/** What a runner has before the first step. */
export interface Runner {
  /** What every step gets. */
  environment: Record<string, string>;
  /** The event that started the run. */
  payload: object;
  /** What is checked out: a repository's directory, and a commit of it. */
  source: { repository: string; commit: string };
  /** A directory of packages, which is in the checkout as long as the job runs. */
  modules: string;
}

/** Runs a job's steps in a directory of their own. Does not throw when one fails. */
export async function runJob(
  job: Job,
  contexts: Contexts,
  { environment, payload, source, modules }: Runner,
): Promise<JobResult> {
  const directory = mkdtempSync(join(tmpdir(), "slipway-run-"));
  const [work, temp] = ["work", "temp"].map((name) => join(directory, name)) as [string, string];
  for (const each of [work, temp]) mkdirSync(each);
  const event = join(directory, "event.json");
  writeFileSync(event, JSON.stringify(payload));
  const steps = new Map<string, StepResult>();
  const outputsOf: Record<string, { outputs: Record<string, string> }> = {};
  let isWell = true;
  const all = () => ({
    ...contexts,
    steps: outputsOf,
    job: { status: isWell ? "success" : "failure" },
  });
  const values = (texts: Record<string, string> = {}) =>
    Object.fromEntries(
      Object.entries(texts).map(([key, value]) => [key, interpolate(value, all())]),
    );
  for (const step of job.steps) {
    if (!holds(step.if, all(), isWell)) continue;
    if (step.uses?.startsWith("actions/checkout@")) {
      await checkOut(work, source, modules);
      continue;
    }
    const result = await runStep(interpolate(step.run ?? "", all()), work, {
      ...{ ...environment, GITHUB_EVENT_PATH: event, RUNNER_TEMP: temp, ...values(step.env) },
    });
    steps.set(step.name ?? "", result);
    if (step.id) outputsOf[step.id] = result;
    isWell &&= result.isWell;
  }
  if (existsSync(join(work, "node_modules"))) renameSync(join(work, "node_modules"), modules);
  rmSync(directory, { recursive: true, force: true });
  return { result: isWell ? "success" : "failure", outputs: values(job.outputs), steps };
}

async function checkOut(
  directory: string,
  { repository, commit }: Runner["source"],
  modules: string,
): Promise<void> {
  await execa("git", ["clone", "--quiet", repository, directory]);
  await execa("git", ["checkout", "--quiet", "--detach", commit], { cwd: directory });
  renameSync(modules, join(directory, "node_modules"));
}
