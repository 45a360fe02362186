import { afterAll, beforeAll, expect, it } from "vitest";
import { type Deployments, type JournalEvent, makeDeployments } from "./deployments.ts";
import { failures, type Request, Traffic } from "./traffic.ts";

let tiny: Deployments;

beforeAll(async () => {
  tiny = await makeDeployments();
  await tiny.deployWell();
});
afterAll(() => tiny?.stack.takeDown());

/** Deploys under the requests of a client. */
async function deployUnder(path: string, settings: Record<string, unknown> = {}) {
  const before = tiny.live();
  const traffic = new Traffic(tiny.stack, path, 60);
  const outcome = await tiny.deploy(settings);
  const requests = await traffic.stop();
  return { ...outcome, before, requests };
}

/** What was asked in a step, until the next thing that the journal says. */
function during(requests: Request[], events: JournalEvent[], step: JournalEvent): Request[] {
  const end = events[events.indexOf(step) + 1]?.time ?? 0;
  return requests.filter(({ at }) => at >= step.time && at < end);
}

function share(requests: Request[], release: string): number {
  return (requests.filter((each) => each.release === release).length / requests.length) * 100;
}

it("a canary gets the share of the traffic that is set, step by step", async () => {
  tiny.configure({
    ...{ "deploy.strategy": "canary", "deploy.canary": { weights: [20, 60], stepSeconds: 4 } },
  });
  const { exitCode, all, events, before, requests } = await deployUnder("/");
  expect(exitCode, all).toBe(0);
  expect(failures(requests)).toEqual([]);
  const after = tiny.live();
  const steps = events.filter(({ event }) => event === "stepped");
  expect(steps.map(({ canary }) => canary)).toEqual(["20", "60"]);
  for (const step of steps) {
    const asked = during(requests, events, step);
    expect(asked.length).toBeGreaterThan(100);
    expect(Math.abs(share(asked, after) - Number(step.canary))).toBeLessThan(8);
    expect(share(asked, after) + share(asked, before)).toBeCloseTo(100);
  }
  const switched = events.find(({ event }) => event === "switched")?.time ?? 0;
  const late = requests.filter(({ at }) => at > switched);
  expect(share(late, after)).toBe(100);
});

it("a canary that gives errors is taken back before it gets more", async () => {
  const { exitCode, events, before, requests } = await deployUnder("/work", { ERROR_PERCENT: 50 });
  expect(exitCode).not.toBe(0);
  expect(events.map(({ event }) => event)).toEqual([
    ...["begun", "proved", "stepped", "failed", "put-back"],
  ]);
  const [failed, back] = events.slice(-2) as [JournalEvent, JournalEvent];
  expect(failed.reason).toMatch(/answers of release \S+ were errors/);
  expect(back.time - failed.time).toBeLessThan(2000);
  expect(tiny.live()).toBe(before);
  expect(await tiny.running()).toEqual([before]);
  expect(share(requests, failed.release as string)).toBeLessThan(40);
  expect(requests.at(-1)?.release).toBe(before);
  expect(failures(requests).every(({ release }) => release === failed.release)).toBe(true);
});

it("rolling, both releases answer in between, each replica for one, and then the new one alone", async () => {
  tiny.configure({
    ...{ "deploy.strategy": "rolling", "deploy.rolling.stepSeconds": 3 },
    "services.web.replicas": 2,
  });
  await tiny.deployWell();
  const { exitCode, all, events, before, requests } = await deployUnder("/");
  expect(exitCode, all).toBe(0);
  expect(failures(requests)).toEqual([]);
  const after = tiny.live();
  const steps = events.filter(({ event }) => event === "stepped");
  expect(steps.map(({ rolling }) => rolling)).toEqual(["1"]);
  const asked = during(requests, events, steps[0] as JournalEvent);
  expect(Math.abs(share(asked, after) - 50)).toBeLessThan(8);
  expect(share(asked, after) + share(asked, before)).toBe(100);
  const switched = events.find(({ event }) => event === "switched")?.time ?? 0;
  expect(
    share(
      requests.filter(({ at }) => at > switched),
      after,
    ),
  ).toBe(100);
  expect(await tiny.containers()).toEqual([after, after]);
});
