import { Failure } from "../../failure.ts";
import type { BenchStack } from "../bench-stack.ts";
import type { Answer } from "./asking-client.ts";
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

/** Deploys a version to a stack that serves another one, under the eyes of a client that asks so often. */
export async function deployVersion(
  stack: BenchStack,
  next: Version,
  perSecond?: number,
): Promise<Deployed> {
  stack.chooseApp(next.image);
  const deploy = () => timedUp(stack);
  const watched = await watch(`${stack.url}/healthz/live`, stack.authority, deploy, perSecond);
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

/** Refuses figures of what failed somebody. */
export function requireAnswers(what: string, { answers }: Pick<Watched<unknown>, "answers">): void {
  requireNone(what, failures(answers), answers.length);
}

/** The same, of those failures alone that count. */
export function requireNone(what: string, failed: Answer[], asked: number): void {
  if (failed.length === 0) return;
  const kinds = failed.map(
    ({ status, version, problem }) => problem ?? `${status} of version ${version ?? "none"}`,
  );
  throw new Failure(
    `${failed.length} of ${asked} requests failed during ${what}: ${[...new Set(kinds)].join(", ")}`,
  );
}
