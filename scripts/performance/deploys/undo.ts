import { Failure } from "../../failure.ts";
import type { Report } from "../../progress.ts";
import type { BenchStack } from "../bench-stack.ts";
import type { Bench, Duration, Figures } from "../figures.ts";
import type { BenchApp, Fault, Version } from "./bench-app.ts";
import { requireNone } from "./deploy-version.ts";
import { readJournal } from "./journal.ts";
import { failures, watch, whollyWith } from "./traffic.ts";

const usualRounds = 3;
const atMost = 2;

const faults: Record<Fault, { what: string; path: string; says: string; soakSeconds: number }> = {
  smoke: {
    what: "traffic back after a smoke test that fails",
    ...{ path: "/healthz/live", says: "the smoke test", soakSeconds: 0 },
  },
  work: {
    what: "traffic back after errors in the soak",
    ...{ path: "/work", says: "answers of release", soakSeconds: 10 },
  },
};

/**
 * How long after a failure was seen, which the journal tells, all traffic is back on the release that serves. Leaves the
 * stack serving a version of `app`.
 */
export async function timeUndo(
  { stack, rounds = usualRounds }: Bench,
  app: BenchApp,
  report: Report,
): Promise<Figures> {
  const serving = await app.build();
  stack.chooseApp(serving.image);
  report.detail("deploying what has to come back");
  await stack.pulumi.up();
  const durations: Duration[] = [];
  for (const fault of Object.keys(faults) as Fault[]) {
    const seconds: number[] = [];
    stack.soak(faults[fault].soakSeconds);
    while (seconds.length < rounds) {
      report.detail(`${faults[fault].what}, round ${seconds.length + 1} of ${rounds}`);
      seconds.push(await timeOneUndo(stack, serving, await app.build(fault), fault));
    }
    durations.push({ what: faults[fault].what, seconds, atMost, because: "once it was seen" });
  }
  stack.soak(0);
  return { durations };
}

async function timeOneUndo(
  stack: BenchStack,
  serving: Version,
  bad: Version,
  fault: Fault,
): Promise<number> {
  const { path, says } = faults[fault];
  const started = Date.now();
  stack.chooseApp(bad.image);
  const { answers } = await watch(`${stack.url}${path}`, stack.authority, async () => {
    const said = await stack.pulumi.up().catch((error: unknown) => error);
    if (!(said instanceof Failure)) throw new Failure(`version ${bad.version} was not refused`);
  });
  const seen = readJournal(started).find(({ event }) => event === "failed");
  if (!seen?.reason?.includes(says)) {
    throw new Failure(`version ${bad.version} failed for another reason: ${seen?.reason}`);
  }
  if (!answers.some(({ version }) => version === bad.version)) {
    throw new Failure(`version ${bad.version} never got traffic, so there was nothing to undo`);
  }
  const others = failures(answers).filter(({ version }) => version !== bad.version);
  requireNone("an undo", others, answers.length);
  return (whollyWith(serving.version, answers) - seen.at) / 1000;
}
