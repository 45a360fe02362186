import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { docker } from "../../throw-away.ts";
import { eventually } from "../stack.ts";
import { type Deployments, makeDeployments, type Outcome } from "./deployments.ts";

let tiny: Deployments;
let first: string;
/** Container and start of the release that serves. */
let serving: string;

beforeAll(async () => {
  tiny = await makeDeployments();
  tiny.configure({ "services.web.probes.readiness": "/ready" });
  first = await tiny.deployWell();
  serving = await startOf(first);
});
afterAll(() => tiny?.stack.takeDown());

async function containerOf(release: string): Promise<string> {
  const filters = [`label=slipway.stack=${tiny.stack.name}`, `label=slipway.release=${release}`];
  return docker("ps", "--all", "--quiet", ...filters.flatMap((each) => ["--filter", each]));
}

async function startOf(release: string): Promise<string> {
  return docker("inspect", "--format", "{{.Id}} {{.State.StartedAt}}", await containerOf(release));
}

async function expectFailure({ exitCode, all, events }: Outcome, reason: string): Promise<void> {
  expect(exitCode).not.toBe(0);
  const failed = events.find(({ event }) => event === "failed");
  expect(failed?.reason).toContain(reason);
  expect(all).toContain(`web of release ${failed?.release} ${reason}`);
  expect(all).toContain("The release that served before serves on.");
  expect(tiny.live()).toBe(first);
  expect(await startOf(first)).toBe(serving);
  expect(await tiny.running()).toEqual([first]);
}

/** A container of a release that the state does not know, as a kill leaves it. */
async function makeStranger(release: string): Promise<void> {
  const image = await docker("inspect", "--format", "{{.Image}}", await containerOf(release));
  const labels = { stack: tiny.stack.name, release, role: "service", name: "web" };
  const words = Object.entries(labels).map(([key, value]) => `--label=slipway.${key}=${value}`);
  await docker("run", "--detach", "--init", ...words, image, "sleep", "600");
}

it("a crash shows the container's last lines without secrets, and nothing piles up", async () => {
  const planted = `planted-${randomBytes(8).toString("hex")}`;
  tiny.configure({ "secrets.PLANTED": planted });
  for (const attempt of [1, 2, 3]) {
    const outcome = await tiny.deploy({ CRASHES: "yes", MARK: "same" });
    await expectFailure(outcome, "stopped by itself");
    expect(outcome.all).toContain("cannot work: no schema for ***");
    expect(outcome.all).not.toContain(planted);
    expect(JSON.stringify(outcome.events)).not.toContain(planted);
    expect((await tiny.containers()).length).toBe(2);
    if (attempt === 1) await makeStranger(outcome.events[0]?.release as string);
  }
  const good = await tiny.deployWell();
  expect(await tiny.containers()).toEqual([good]);
  first = good;
  serving = await startOf(first);
});

it("a container that dies a moment after it was ready is no release", async () => {
  tiny.configure({ "services.web.probes.steadySeconds": 5 });
  const outcome = await tiny.deploy({ DIES_READY_SECONDS: 1 });
  tiny.configure({ "services.web.probes.steadySeconds": undefined });
  await expectFailure(outcome, "stopped by itself");
});

it("one that answers, but not often enough in a row, is none", async () => {
  tiny.configure({ "services.web.probes.timeoutSeconds": 4 });
  const outcome = await tiny.deploy({ READY: "110" });
  tiny.configure({ "services.web.probes.timeoutSeconds": undefined });
  await expectFailure(outcome, "was not ready within 4 seconds");
});

it("one that is late is asked until it answers, as often and as long as is set", async () => {
  tiny.configure({ "services.web.probes.successes": 4, "services.web.probes.steadySeconds": 1.5 });
  const release = await tiny.deployWell({ START_SECONDS: 3 });
  const log = await docker("logs", await containerOf(release));
  const asked = log.split("\n").flatMap((line) => /^ready 200 (\S+)$/.exec(line)?.[1] ?? []);
  expect(asked.length).toBeGreaterThanOrEqual(4);
  expect(Number(asked.at(-1)) - Number(asked.at(-4))).toBeGreaterThan(1.45);
  first = release;
});

it("what starts yields to what serves until it is ready", async () => {
  const shares = async (release: string) =>
    docker("inspect", "--format", "{{.HostConfig.CpuShares}}", await containerOf(release));
  const deploying = tiny.deployWell({ START_SECONDS: 3 });
  const starting = await eventually("a release starts", 60, async () =>
    (await tiny.running()).find((release) => release !== first),
  );
  expect([await shares(starting), await shares(first)]).toEqual(["128", "1024"]);
  expect(await deploying).toBe(starting);
  expect(await shares(starting)).toBe("1024");
});
