import type { Report } from "../../progress.ts";
import type { Bench, Duration, Figures } from "../figures.ts";
import { median } from "../timing.ts";
import type { BenchApp } from "./bench-app.ts";
import { type Deployed, deployVersion } from "./deploy-version.ts";
import { type OwnSeconds, stopAndStart } from "./own-seconds.ts";

const usualRounds = 4;
const restarts = 3;
/** Seconds that a deploy may take beside the start of the new version and the stop of the old one. */
const allowance = 6;
/** Connections that are kept and little used: what a deploy takes, and not what a load leaves it. */
const requestsPerSecond = 20;

/**
 * Whole deploys of new versions, each followed by one back to the version before, which the host still has. Leaves the
 * stack serving a version of `app`.
 * @param stackIs the stack in a few words.
 */
export async function timeWholeDeploys(
  { stack, rounds = usualRounds }: Bench,
  app: BenchApp,
  stackIs: string,
  report: Report,
): Promise<Figures> {
  const serving = await app.build();
  stack.chooseApp(serving.image);
  report.detail(`${stackIs}: first deploy`);
  await stack.pulumi.up();
  report.detail("how long the application takes to stop and to start by itself");
  const own: OwnSeconds[] = [];
  while (own.length < restarts) own.push(await stopAndStart());
  const stop = median(own.map((each) => each.stop));
  const start = median(own.map((each) => each.start));

  const deploys: Deployed[] = [];
  const rollbacks: Deployed[] = [];
  for (let round = 1; round <= rounds; round++) {
    const next = await app.build();
    report.detail(`${stackIs}, round ${round} of ${rounds}: deploy`);
    deploys.push(await deployVersion(stack, next, requestsPerSecond));
    report.detail(`${stackIs}, round ${round} of ${rounds}: rollback`);
    rollbacks.push(await deployVersion(stack, serving, requestsPerSecond));
  }
  const because = `it starts in ${start.toFixed(2)} s and stops in ${stop.toFixed(2)} s`;
  const duration = (what: string, all: Deployed[]): Duration => ({
    ...{ what: `${what}: ${stackIs}`, seconds: all.map(({ whole }) => whole) },
    ...{ atMost: start + stop + allowance, because, phases: byPhase(all) },
  });
  const requests = [...deploys, ...rollbacks].reduce((sum, each) => sum + each.requests, 0);
  return {
    durations: [
      duration("`pulumi up` to a new version", deploys),
      duration("back to the version before", rollbacks),
    ],
    notes: [`${requests} requests were asked meanwhile (${stackIs}), none failed.`],
  };
}

function byPhase(deploys: Deployed[]): Record<string, number[]> {
  const names = Object.keys(deploys[0]?.phases ?? {});
  return Object.fromEntries(
    names.map((name) => [name, deploys.map(({ phases }) => phases[name] as number)]),
  );
}
