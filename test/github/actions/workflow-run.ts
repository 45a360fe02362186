import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { parse } from "yaml";
import type { Job, Workflow } from "../../../scripts/workflows/workflow.ts";
import type { GitHubEmulator } from "../emulator.ts";
import { judgeDeployment } from "../rules/deployment.ts";
import type { Token } from "../world/actors.ts";
import type { Repository } from "../world/repository.ts";
import { type Contexts, holds, interpolate } from "./expressions.ts";
import { runStep, type StepResult } from "./run-step.ts";

/** What starts a run. */
export interface Trigger {
  event: "push" | "pull_request" | "workflow_dispatch" | "issue_comment" | "schedule";
  /** A full one, such as `refs/heads/main`. */
  ref: string;
  /** Login of who started it. */
  actor: string;
  inputs?: Record<string, string>;
  payload?: object;
}

export interface JobResult {
  result: "success" | "failure" | "skipped" | "waiting";
  outputs: Record<string, string>;
  /** By the steps' names. */
  steps: Map<string, StepResult>;
}

/**
 * One run of a workflow, whose file, jobs, conditions, permissions and shell steps are those of the commit that it runs
 * for. What a job reads from its environment is what the repository has there, and it gets in only as GitHub lets it.
 */
export class WorkflowRun {
  readonly jobs: Record<string, JobResult> = {};
  readonly #github: GitHubEmulator;
  readonly #repository: Repository;
  readonly #trigger: Trigger;
  /** Whether somebody who may approves what waits. */
  readonly #isApproved: boolean;
  readonly #modules: string;

  /** @param modules a directory of packages that checkouts get a link to. */
  constructor(
    github: GitHubEmulator,
    repository: Repository,
    trigger: Trigger,
    { modules, isApproved = false }: { modules: string; isApproved?: boolean },
  ) {
    this.#github = github;
    this.#repository = repository;
    this.#trigger = trigger;
    this.#modules = modules;
    this.#isApproved = isApproved;
  }

  /** Runs the jobs one after the other. Does not throw when one fails. */
  async run(file: string): Promise<Record<string, JobResult>> {
    const commit = (await this.#repository.git.resolve(this.#trigger.ref)) ?? "";
    const text = await this.#repository.git.git(["show", `${commit}:.github/workflows/${file}`]);
    const workflow: Workflow = parse(text);
    for (const [name, job] of Object.entries<Job>(workflow.jobs)) {
      this.jobs[name] = await this.#runJob(job, commit);
    }
    return this.jobs;
  }

  async #runJob(job: Job, commit: string): Promise<JobResult> {
    const needed = (job.needs ?? []).map((name) => [name, this.jobs[name] as JobResult] as const);
    const isWell = needed.every(([, { result }]) => result === "success");
    const contexts = { ...this.#contexts(commit), needs: Object.fromEntries(needed) };
    const empty = { outputs: {}, steps: new Map() };
    if (!holds(job.if, contexts, isWell)) return { result: "skipped", ...empty };
    const environment = job.environment && this.#environment(job.environment.name);
    if (environment) {
      const { allowed, reviewers } = judgeDeployment(environment, this.#trigger.ref);
      if (!allowed) return { result: "failure", ...empty };
      if (reviewers.length > 0 && !this.#isApproved) return { result: "waiting", ...empty };
    }
    const given = environment ?? this.#repository;
    const text = (map: Map<string, { value: string }>) =>
      Object.fromEntries([...map].map(([name, { value }]) => [name, value]));
    return this.#runSteps(job, commit, {
      ...contexts,
      ...{ secrets: text(given.secrets), vars: text(given.variables) },
      github: { ...contexts.github, token: this.#token(job.permissions) },
    });
  }

  async #runSteps(job: Job, commit: string, contexts: Contexts): Promise<JobResult> {
    const directory = mkdtempSync(join(tmpdir(), "slipway-run-"));
    const steps = new Map<string, StepResult>();
    const outputsOf: Record<string, { outputs: Record<string, string> }> = {};
    let isWell = true;
    const all = () => ({
      ...contexts,
      steps: outputsOf,
      job: { status: isWell ? "success" : "failure" },
    });
    const basic = await this.#basicEnvironment(directory, commit);
    for (const step of job.steps) {
      if (!holds(step.if, all(), isWell)) continue;
      if (step.uses?.startsWith("actions/checkout@")) {
        await this.#checkOut(join(directory, "work"), commit);
        continue;
      }
      const own = Object.entries(step.env ?? {}).map(([key, value]) => [
        key,
        interpolate(value, all()),
      ]);
      const environment = { ...basic, ...Object.fromEntries(own) };
      const result = await runStep(
        interpolate(step.run ?? "", all()),
        join(directory, "work"),
        environment,
      );
      steps.set(step.name ?? "", result);
      if (step.id) outputsOf[step.id] = result;
      isWell &&= result.isWell;
    }
    rmSync(directory, { recursive: true, force: true });
    const outputs = Object.entries(job.outputs ?? {}).map(([key, value]) => [
      key,
      interpolate(value, all()),
    ]);
    return { result: isWell ? "success" : "failure", outputs: Object.fromEntries(outputs), steps };
  }

  /** The directory of the run, with what the runner tells every step. */
  async #basicEnvironment(directory: string, commit: string): Promise<Record<string, string>> {
    const { ref, actor, event, payload = {} } = this.#trigger;
    const event_path = join(directory, "event.json");
    writeFileSync(event_path, JSON.stringify(payload));
    for (const name of ["work", "temp"]) mkdirSync(join(directory, name));
    return {
      ...{ GITHUB_EVENT_PATH: event_path, GITHUB_EVENT_NAME: event, GITHUB_SHA: commit },
      ...{ GITHUB_REF: ref, GITHUB_REF_NAME: nameOf(ref), GITHUB_ACTOR: actor, GITHUB_RUN_ID: "1" },
      ...{ GITHUB_REPOSITORY: this.#repository.fullName, GITHUB_SERVER_URL: "https://github.com" },
      ...{ GITHUB_API_URL: this.#github.apiUrl, RUNNER_TEMP: join(directory, "temp") },
    };
  }

  async #checkOut(directory: string, commit: string): Promise<void> {
    const { directory: path } = this.#repository.git;
    await execa("git", ["clone", "--quiet", path, directory]);
    await execa("git", ["checkout", "--quiet", "--detach", commit], { cwd: directory });
    await execa("cp", ["--archive", "--link", this.#modules, join(directory, "node_modules")]);
  }

  #contexts(commit: string) {
    const { event, ref, actor, inputs = {}, payload = {} } = this.#trigger;
    const kind = ref.startsWith("refs/tags/") ? "tag" : "branch";
    return {
      inputs,
      github: {
        ...{ event_name: event, ref, ref_name: nameOf(ref), ref_type: kind, sha: commit, actor },
        ...{ repository: this.#repository.fullName, event: payload, run_id: "1" },
      },
    };
  }

  #environment(name: string) {
    const found = this.#repository.environments.get(name.toLowerCase());
    if (!found) throw new Error(`GitHub would make an environment ${name} that nobody declared`);
    return found;
  }

  /** What the run's token may is what its job says. */
  #token(permissions: Record<string, string> = {}): string {
    const token = `run-${crypto.randomUUID()}`;
    const granted = Object.entries(permissions).map(([key, level]) => [
      key.replaceAll("-", "_"),
      level,
    ]);
    this.#github.world.token(
      token,
      "github-actions[bot]",
      Object.fromEntries(granted) as Token["permissions"],
    );
    return token;
  }
}

function nameOf(ref: string): string {
  return ref.replace(/^refs\/(heads|tags|pull)\//, "");
}
