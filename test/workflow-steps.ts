import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { type Contexts, holds, interpolate } from "./github/actions/expressions.ts";
import { runStep } from "./github/actions/run-step.ts";

interface Workflow {
  env?: Record<string, string>;
  jobs: Record<string, Job>;
}

interface Job {
  if?: string;
  needs?: string[];
  services?: Record<string, { env?: Record<string, string>; options?: string }>;
  steps: { name?: string; run?: string; env?: Record<string, string> }[];
}

export interface StepRun {
  directory: string;
  /** What the expressions of the workflow's and the step's variables speak of. Defaults to nothing. */
  contexts?: Contexts;
  /** What the runner has; the workflow's own variables go before it. */
  environment?: Record<string, string>;
}

/** A workflow's parts, each taken out of its file, to be run or asked by itself. */
export function workflowSteps(file: string) {
  const workflow = parse(readFileSync(file, "utf8")) as Workflow;
  const values = (variables: Record<string, string> = {}, contexts: Contexts) =>
    Object.fromEntries(
      Object.entries(variables).map(([name, text]) => [name, interpolate(String(text), contexts)]),
    );
  const step = (job: string, name: string) => {
    const found = workflow.jobs[job]?.steps.find((each) => each.name === name);
    if (!found?.run) throw new Error(`${file} has no step '${name}' with a script in job '${job}'`);
    return { run: found.run, env: found.env };
  };
  return {
    jobs: workflow.jobs,

    /** The variables of the whole workflow. */
    variables: (contexts: Contexts) => values(workflow.env, contexts),

    /** Whether a job runs when everything that it needs succeeded. */
    runs: (job: string, contexts: Contexts) => holds(workflow.jobs[job]?.if, contexts, true),

    /** The flags of `docker run` for a job's service, but for its ports. */
    serviceFlags(job: string, service: string): string[] {
      const { env = {}, options = "" } = workflow.jobs[job]?.services?.[service] ?? {};
      const words = [...options.matchAll(/"([^"]*)"|(\S+)/g)].map(
        ([, quoted, bare]) => quoted ?? bare ?? "",
      );
      return [...words, ...Object.entries(env).map(([name, value]) => `--env=${name}=${value}`)];
    },

    /** Runs the script of a step as GitHub does. Of a variable that both have, `environment` gives the value. */
    run(job: string, name: string, { directory, contexts = {}, environment = {} }: StepRun) {
      const { run, env } = step(job, name);
      return runStep(run, directory, { ...values(env, contexts), ...environment });
    },

    /** The variables that a step itself sets. */
    environment: (job: string, name: string) => step(job, name).env ?? {},
  };
}
