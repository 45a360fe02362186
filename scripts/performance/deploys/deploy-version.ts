import { Failure } from "../../failure.ts";
import type { BenchStack } from "../bench-stack.ts";
import type { Version } from "./bench-app.ts";
import { readJournal } from "./journal.ts";
import { type Phases, phasesOf } from "./phases.ts";
import { timedUp } from "./timed-up.ts";
import { failures, serviceStarted, type Watched, watch, whollyWith } from "./traffic.ts";

export interface Deployed {
  /** Seconds from the start of `pulumi up` to its end. */
  whole: number;
  /** Seconds from the start of the new release's first container of a service until traffic was wholly on it. */
  traffic: number;
  phases: Phases;
  /** Requests that a client made meanwhile; all of them were answered. */
  requests: number;
}

/** Deploys a version to a stack that serves another one, under the eyes of a client. */
export async function deployVersion(stack: BenchStack, next: Version): Promise<Deployed> {
  stack.chooseApp(next.image);
  const watched = await watch(`${stack.url}/healthz/live`, stack.authority, () => timedUp(stack));
  requireAnswers("pulumi up", watched);
  const { result: up, answers } = watched;
  const seen = { container: await serviceStarted(), traffic: whollyWith(next.version, answers) };
  return {
    whole: up.seconds,
    traffic: (seen.traffic - seen.container) / 1000,
    phases: phasesOf(up, readJournal(up.started), seen),
    requests: answers.length,
  };
}

/** Refuses figures of a deploy that failed somebody. */
export function requireAnswers(what: string, { answers }: Watched<unknown>): void {
  const failed = failures(answers);
  if (failed.length === 0) return;
  const kinds = [...new Set(failed.map(({ status, problem }) => problem ?? status))].join(", ");
  throw new Failure(
    `${failed.length} of ${answers.length} requests failed during ${what}: ${kinds}`,
  );
}
