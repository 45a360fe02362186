import type { RunningContainer } from "../containers.ts";
import type { Report } from "../progress.ts";
import type { PreparedVps } from "../vps/prepared-vps.ts";
import type { Stretch } from "./exchanges.ts";
import type { ProofImages } from "./proof-images.ts";
import type { ProofStack } from "./proof-stack.ts";
import type { Traffic } from "./traffic.ts";

/** What every part of the proof works with. */
export interface Stage {
  stack: ProofStack;
  images: ProofImages;
  traffic: Traffic;
  /** Where the stack is, when it is not on this machine. */
  server?: PreparedVps;
  requestsPerSecond: number;
  /** From 0 to 1, the same in every run of one seed. */
  random: () => number;
  report: Report;
  keep(trial: Trial): void;
  /** Throws when the proof is to end. */
  goOn(): void;
}

const commonParts = ["deploys", "faults", "kills", "collisions", "restarts"] as const;
/** Those that take a server: a machine of its own, reached by SSH. */
export const serverParts = ["connections", "engine", "reboots", "disk"] as const;
export type Part = (typeof commonParts | typeof serverParts)[number];

/** In the order in which they run. */
export function partsOn(hasServer: boolean): Part[] {
  return [...commonParts, ...(hasServer ? serverParts : [])];
}

/** One thing that was tried, and what came of it. From the beginning of the attempt to the end of what followed. */
export interface Trial extends Stretch {
  part: Part;
  title: string;
  /** How it ended, in a few words. */
  ended: string;
  /** The attempt itself: one `up`, or the two at once. */
  attempt: Stretch;
  /** Promises that were not kept, besides those about requests. */
  broken: string[];
  /** Failed requests that break no promise; none when it is absent. */
  bearable?: Bearable;
}

export interface Bearable {
  /** The release whose own answers are none of them, nor is a request that nobody answered. Without it any may fail. */
  exceptOf?: string;
  /** More than these are too many. Defaults to any number. */
  atMost?: number;
  /** Who they are, for the report. */
  are: string;
}

/** A good deploy, which is a trial as well; how long it takes in milliseconds tells when to disturb the next one. */
export async function timeDeploy({ stack, keep }: Stage, part: Part): Promise<number> {
  const attempt = await stack.mustUp();
  const { from, to } = attempt;
  const title = "how long a deploy takes";
  keep({ part, title, ended: "new release", attempt, from, to, broken: [] });
  return to - from;
}

const applicationRoles = ["service", "worker", "beat"];

/**
 * How the environment falls short of being on exactly one release: the marker, every container of the application,
 * all of them running, and every answer of the last second. Empty when it does not.
 */
export async function strayings({ stack, traffic }: Stage, wanted: string): Promise<string[]> {
  const since = Date.now();
  const [live, containers] = [await stack.live(), await stack.containers()];
  const ours = containers.filter(({ role }) => applicationRoles.includes(role));
  const foreign = ours.filter(({ release }) => release !== wanted);
  const missing = applicationRoles.filter(
    (role) => !ours.some((each) => each.role === role && isAtWork(each, wanted)),
  );
  return [
    ...(live === wanted ? [] : [`the marker names ${live}, not ${wanted}`]),
    ...foreign.map(({ name, release, state }) => `${name} of release ${release} is ${state}`),
    ...missing.map((role) => `no ${role} of release ${wanted} runs`),
    ...(await wrongAnswers(traffic, wanted, since)),
  ];
}

/** As `strayings`, after a deploy that went well: on another release than before. */
export async function strayingsAfter(stage: Stage, old: string): Promise<string[]> {
  const live = (await stage.stack.live()) ?? "none";
  const isOld = live === old ? ["the release before still serves"] : [];
  return [...isOld, ...(await strayings(stage, live))];
}

/** As `strayings`, after a deploy that did not succeed: what it left may stand there, as long as it does no work. */
export async function takenOver({ stack, traffic }: Stage, old: string): Promise<string[]> {
  const since = Date.now();
  const [live, containers] = [await stack.live(), await stack.containers()];
  const missing = applicationRoles.filter(
    (role) => !containers.some((each) => each.role === role && isAtWork(each, old)),
  );
  return [
    ...(live === old ? [] : [`the marker names ${live}, not ${old}`]),
    ...missing.map((role) => `no ${role} of release ${old} runs`),
    ...(await wrongAnswers(traffic, old, since)),
  ];
}

function isAtWork({ release, state }: RunningContainer, wanted: string): boolean {
  return release === wanted && state === "running";
}

async function wrongAnswers(traffic: Traffic, wanted: string, since: number): Promise<string[]> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, since + 1500 - Date.now())));
  const answers = traffic.read().filter(({ at, kind }) => at >= since && kind !== "WebSocket");
  const wrong = answers.filter(({ release }) => release !== wanted);
  if (answers.length === 0) return ["nothing answered for a second"];
  if (wrong.length === 0) return [];
  const kinds = new Set(wrong.map(({ release, failure }) => failure || `of release ${release}`));
  const told = [...kinds].join(", ");
  return [`${wrong.length} of ${answers.length} answers were not of release ${wanted} (${told})`];
}
