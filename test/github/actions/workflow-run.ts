import { parse } from "yaml";
import type { Job, Workflow } from "../../../scripts/workflows/workflow.ts";
import type { GitHubEmulator } from "../emulator.ts";
import type { Token } from "../world/actors.ts";
import type { Run } from "../world/automation.ts";
import type { Environment } from "../world/environment.ts";
import type { Repository } from "../world/repository.ts";
import { startRun } from "../world/start-run.ts";
import { admissionOf, entranceOf } from "./admission.ts";
import { contextsOf } from "./contexts.ts";
import { type JobResult, type Runner, runJob } from "./run-job.ts";
import { nameOf, type Trigger } from "./trigger.ts";

/**
 * One run of a workflow, whose file, jobs, conditions, permissions and shell steps are those of the commit that it runs
 * for. What a job reads from its environment is what the repository has there, and it gets in only as GitHub lets it.
 */
export class WorkflowRun {
  readonly jobs: Record<string, JobResult> = {};
  /** What GitHub knows of it, where reviewers find it. */
  readonly record: Run;
  readonly #github: GitHubEmulator;
  readonly #repository: Repository;
  readonly #trigger: Trigger;
  readonly #modules: string;

  /** @param modules a directory of packages, which the checkout of the job that runs has. */
  constructor(
    github: GitHubEmulator,
    repository: Repository,
    file: string,
    trigger: Trigger,
    modules: string,
  ) {
    this.#github = github;
    this.#repository = repository;
    this.#trigger = trigger;
    this.#modules = modules;
    const actor = github.world.find(trigger.actor);
    this.record = startRun(github.world, repository, actor, file, trigger.ref);
  }

  /**
   * Runs the jobs one after the other, as far as none waits for a reviewer; called anew, it goes on with those that no
   * longer do. Does not throw when one fails.
   */
  async proceed(): Promise<Record<string, JobResult>> {
    const { git } = this.#repository;
    const commit = (await git.resolve(this.#trigger.ref)) ?? "";
    const file = `${commit}:.github/workflows/${this.record.workflow}`;
    const { jobs }: Workflow = parse(await git.git(["show", file]));
    for (const name of Object.keys(jobs)) {
      const { result = "waiting" } = this.jobs[name] ?? {};
      if (result === "waiting") this.jobs[name] = await this.#runJob(name, jobs, commit);
    }
    return this.jobs;
  }

  async #runJob(name: string, jobs: Record<string, Job>, commit: string): Promise<JobResult> {
    const job = jobs[name] as Job;
    const { fullName } = this.#repository;
    const contexts = contextsOf(this.#trigger, { fullName, commit, id: this.record.id });
    const nothing = { outputs: {}, steps: new Map() };
    const admission = admissionOf(name, jobs, this.jobs, contexts);
    if (admission !== "runs") return { result: admission, ...nothing };
    const environment = job.environment && this.#environment(job.environment.name);
    if (environment) {
      const entrance = entranceOf(environment, this.#trigger, this.record);
      if (entrance === "waiting") this.record.waiting.add(environment.name);
      if (entrance !== "runs") return { result: entrance, ...nothing };
    }
    const given = environment ?? this.#repository;
    const text = (map: Map<string, { value: string }>) =>
      Object.fromEntries([...map].map(([key, { value }]) => [key, value]));
    const needs = Object.fromEntries((job.needs ?? []).map((each) => [each, this.jobs[each]]));
    return runJob(
      job,
      {
        ...{ ...contexts, needs, secrets: text(given.secrets), vars: text(given.variables) },
        github: { ...contexts.github, token: this.#token(job.permissions) },
      },
      this.#runner(commit),
    );
  }

  #runner(commit: string): Runner {
    const { ref, actor, event, payload = {} } = this.#trigger;
    const { fullName, git } = this.#repository;
    return {
      environment: {
        ...{ GITHUB_EVENT_NAME: event, GITHUB_SHA: commit, GITHUB_REF: ref, GITHUB_ACTOR: actor },
        ...{ GITHUB_REF_NAME: nameOf(ref), GITHUB_RUN_ID: String(this.record.id) },
        ...{ GITHUB_REPOSITORY: fullName, GITHUB_SERVER_URL: "https://github.com" },
        GITHUB_API_URL: this.#github.apiUrl,
      },
      ...{ payload, source: { repository: git.directory, commit }, modules: this.#modules },
    };
  }

  #environment(name: string): Environment {
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
