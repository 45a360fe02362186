import type { Job } from "../../../scripts/workflows/workflow.ts";
import { judgeDeployment } from "../rules/deployment.ts";
import type { Run } from "../world/automation.ts";
import type { Environment } from "../world/environment.ts";
import { type Contexts, holds } from "./expressions.ts";
import type { Trigger } from "./trigger.ts";

/** How a job that others need ended; `waiting` has not. */
export interface Ended {
  result: "success" | "failure" | "skipped" | "waiting";
  outputs: Record<string, string>;
}

/** What becomes of a job before its first step. */
export type Admission = "runs" | Exclude<Ended["result"], "success">;

/** By its conditions and by those before it, whose `needs` count as well: what is left out leaves out all behind it. */
export function admissionOf(
  name: string,
  jobs: Record<string, Job>,
  ended: Record<string, Ended>,
  contexts: Contexts,
): Admission {
  const { needs = [], if: condition } = jobs[name] as Job;
  const before = [...ancestors(name, jobs)].map((each) => ended[each]?.result);
  if (before.includes("waiting")) return "waiting";
  const needed = Object.fromEntries(needs.map((each) => [each, ended[each]]));
  const isWell = before.every((result) => result === "success");
  return holds(condition, { ...contexts, needs: needed }, isWell) ? "runs" : "skipped";
}

function ancestors(name: string, jobs: Record<string, Job>): Set<string> {
  const { needs = [] } = jobs[name] as Job;
  return new Set(needs.flatMap((each) => [each, ...ancestors(each, jobs)]));
}

/** By the environment that it uses, and by what reviewers said of that. */
export function entranceOf(
  environment: Environment,
  { ref }: Pick<Trigger, "ref">,
  { approvals }: Pick<Run, "approvals">,
): Admission {
  const { allowed, reviewers, waitMinutes } = judgeDeployment(environment, ref);
  if (!allowed) return "failure";
  if (waitMinutes > 0) throw new Error("the emulator waits for no minutes");
  if (reviewers.length === 0) return "runs";
  const decision = approvals.find((each) => each.environment === environment.name);
  if (!decision) return "waiting";
  return decision.state === "approved" ? "runs" : "failure";
}
