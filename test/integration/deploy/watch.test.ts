import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostScript } from "../../../components/host-script.ts";
import { resolveImages } from "../../../scripts/images/resolve-images.ts";
import { docker } from "../../throw-away.ts";
import { eventually } from "../stack.ts";
import { type Deployments, type JournalEvent, makeDeployments } from "./deployments.ts";
import { failures, Traffic } from "./traffic.ts";

let tiny: Deployments;
let first: string;

beforeAll(async () => {
  tiny = await makeDeployments((config) =>
    config.setIn(["config", "slipway:services", "web", "probes", "smoke"], ["/smoke"]),
  );
  first = await tiny.deployWell();
});
afterAll(() => tiny?.stack.takeDown());

function find(events: JournalEvent[], event: string): JournalEvent {
  const found = events.find((each) => each.event === event);
  if (!found) throw new Error(`no ${event} among ${JSON.stringify(events)}`);
  return found;
}

it("a release whose smoke test fails answers nobody", async () => {
  const traffic = new Traffic(tiny.stack);
  const { exitCode, all, events } = await tiny.deploy({ SMOKE_STATUS: 500 });
  const requests = await traffic.stop();
  expect(exitCode).not.toBe(0);
  expect(all).toMatch(
    /the smoke test https:\S+\/smoke answered 500; the last lines of web stand above$/m,
  );
  expect(all).toContain("cannot work: no schema for ***");
  expect(find(events, "failed").reason).toMatch(/answered 500;/);
  expect(failures(requests)).toEqual([]);
  expect(new Set(requests.map(({ release }) => release))).toEqual(new Set([first]));
  expect(await tiny.running()).toEqual([first]);
});

describe("the release before is back within two seconds, and the failed one stopped, after", () => {
  it.each([
    [
      "errors",
      { ERROR_PERCENT: 30 },
      /\d+ of \d+ answers of release \S+ were errors, and deploy.maxErrorPercent is 10; the last lines/,
    ],
    [
      "slow answers",
      { WORK_SECONDS: 0.5 },
      /\d+ of \d+ answers of release \S+ took longer than 300 milliseconds/,
    ],
    [
      "a container that dies",
      { DIES_LIVE_SECONDS: 1 },
      /web of release \S+ stopped by itself; its last lines/,
    ],
  ])("%s in the soak", async (_, settings, reason) => {
    tiny.configure({
      ...{ "deploy.soakSeconds": 30, "deploy.maxErrorPercent": 10 },
      "deploy.maxLatencyMilliseconds": 300,
    });
    const traffic = new Traffic(tiny.stack, "/work");
    const { exitCode, all, events } = await tiny.deploy(settings);
    await sleep(500);
    const requests = await traffic.stop();
    expect(exitCode).not.toBe(0);
    const failed = find(events, "failed");
    const back = find(events, "put-back");
    expect(failed.reason).toMatch(reason);
    expect(all.includes("cannot work: no schema for ***")).toBe("DIES_LIVE_SECONDS" in settings);
    expect(failed.time).toBeGreaterThan(find(events, "switched").time);
    const late = requests.filter(({ at, release }) => at > back.time + 1000 && release !== first);
    expect(late).toEqual([]);
    expect(back.time - failed.time).toBeLessThan(2000);
    expect(requests.some(({ release }) => release === failed.release)).toBe(true);
    const begun = requests.toSorted((one, other) => one.at - other.at);
    expect(begun.at(-1)?.release).toBe(first);
    expect(tiny.live()).toBe(first);
    expect(await tiny.running()).toEqual([first]);
  });
});

/** Docker's own probes of a release take half a minute to say so; those of this container do not. */
it("a container that becomes unhealthy in the soak is no release", async () => {
  const { helper } = await resolveImages({ detail: () => {}, note: console.info });
  const check = ["--health-cmd", "test ! -e /tmp/ill", "--health-interval", "100ms"];
  const words = [...check, "--health-retries", "1", "--label", "slipway.name=web"];
  const id = await docker("run", "--detach", "--init", ...words, helper, "sleep", "600");
  const health = (wanted: string) =>
    eventually(`it is ${wanted}`, 30, async () => {
      const state = await docker("inspect", "--format", "{{.State.Health.Status}}", id);
      return state === wanted ? true : undefined;
    });
  const look = () => {
    const engine = process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock";
    const host = { engine, directory: "/var/lib/slipway", helperImage: helper };
    const proved = { RELEASE: "0000abcd", previous: first, proved: `${id} web true 0` };
    const input = hostScript("switch-release", host, { STACK: tiny.stack.name, ...proved });
    return execa("bash", ["-s", "--", "require_well"], { input, all: true, reject: false });
  };
  try {
    await health("healthy");
    expect(await look()).toMatchObject({ exitCode: 0, all: "" });
    await docker("exec", id, "touch", "/tmp/ill");
    await health("unhealthy");
    expect((await look()).exitCode).toBe(1);
    expect(tiny.journal().at(-1)?.reason).toContain("web of release 0000abcd became unhealthy");
  } finally {
    await docker("rm", "--force", id);
  }
});

it("what is put back waits for an engine that is being restarted", async () => {
  const { helper } = await resolveImages({ detail: () => {}, note: console.info });
  const { name } = tiny.stack;
  const beat = await docker("create", ...tiny.labels("beat", first), helper, "sleep", "600");
  const socket = join(tiny.stack.directory, "engine.sock");
  const routes = `edges/edge-${name}/dynamic/${name}.yml`;
  const host = {
    engine: `unix://${socket}`,
    directory: "/var/lib/slipway",
    helperImage: helper,
  };
  const input = hostScript("switch-release", host, {
    ...{ STACK: name, RELEASE: "0000abcd", previous: first, PARTICIPANTS: "" },
    ...{ EDGE_FILE: routes, EDGE_ADDRESS: "127.0.0.1", EDGE_PORT: String(tiny.stack.httpsPort) },
    previous_routes: readFileSync(join(host.directory, routes), "utf8"),
  });
  try {
    const putting = execa("bash", ["-s", "--", "put_back"], { input, all: true, reject: false });
    await sleep(3000);
    symlinkSync("/var/run/docker.sock", socket);
    expect(await putting).toMatchObject({ exitCode: 0, all: "" });
    expect(await docker("inspect", "--format", "{{.State.Running}}", beat)).toBe("true");
    expect(tiny.live()).toBe(first);
  } finally {
    await docker("rm", "--force", beat);
  }
});

it("one with many errors is followed by one with fewer, though these are too many by themselves", async () => {
  const bad = { ERROR_PERCENT: 60 };
  tiny.configure({ "deploy.soakSeconds": 3, "deploy.maxErrorPercent": 100 });
  await tiny.deployWell(bad);
  tiny.configure({ "deploy.maxErrorPercent": 5 });
  const traffic = new Traffic(tiny.stack, "/work");
  const better = await tiny.deploy({ ERROR_PERCENT: 25 });
  const worse = await tiny.deploy(bad);
  await traffic.stop();
  expect(better.exitCode, better.all).toBe(0);
  expect(find(worse.events, "failed").reason).toMatch(/were errors/);
});

it("a few errors are none too many, and a release that is well serves on alone", async () => {
  tiny.configure({ "deploy.soakSeconds": 3 });
  const traffic = new Traffic(tiny.stack, "/work");
  const { exitCode, all, events } = await tiny.deploy({ ERROR_PERCENT: 1 });
  await traffic.stop();
  expect(exitCode, all).toBe(0);
  expect(find(events, "live").time - find(events, "switched").time).toBeGreaterThan(2500);
  expect(await tiny.containers()).toEqual([tiny.live()]);
});
