import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../stack.ts";
import { type Deployments, makeDeployments } from "./deployments.ts";
import { familyOf, holdersOf, leadsSession, signal } from "./processes.ts";
import { failures, Traffic } from "./traffic.ts";

let tiny: Deployments;
/** The release that served before, and the configuration that describes it. */
let first: string;
let old: string;
let traffic: Traffic;

beforeAll(async () => {
  tiny = await makeDeployments();
  await tiny.deployWell();
});
afterAll(() => tiny?.stack.takeDown());
afterEach(async () => {
  expect(failures(await traffic.stop())).toEqual([]);
});

/** A deploy of another release that has come to its soak, under the requests of a client. */
async function deployUntilSoak(soakSeconds: number) {
  first = tiny.live();
  old = readFileSync(tiny.stack.configFile, "utf8");
  traffic = new Traffic(tiny.stack);
  tiny.configure({ "deploy.soakSeconds": soakSeconds });
  tiny.configureRelease();
  const cli = tiny.start();
  await eventually("it has switched", 60, async () =>
    tiny.journal().at(-1)?.event === "handed-over" ? true : undefined,
  );
  const family = familyOf(cli.pid as number);
  return { cli, family, second: tiny.live() };
}

/** Of a script and what it has started, only the script: it leads its session. */
function killSwitch(): void {
  const [script, ...others] = holdersOf(join(tiny.directory, "live")).filter(leadsSession);
  expect(script).toBeGreaterThan(0);
  expect(others).toEqual([]);
  signal([script as number], "SIGKILL");
}

async function expectOnly(release: string): Promise<void> {
  expect(tiny.live()).toBe(release);
  expect(await tiny.stack.ask("/")).toMatchObject({ status: 200, body: release });
  expect(await tiny.containers()).toEqual([release]);
}

function recover() {
  return tiny.stack.script("recover-stack.ts", "--stack", tiny.stack.name);
}

describe("a switch that was killed", () => {
  it("is gone on with by a deploy of the same release", async () => {
    const { cli, second } = await deployUntilSoak(300);
    killSwitch();
    expect((await cli).exitCode).not.toBe(0);
    tiny.configure({ "deploy.soakSeconds": 0 });
    const { exitCode, all } = await tiny.up();
    expect(exitCode, all).toBe(0);
    await expectOnly(second);
  });

  it("is put back by a deploy of what served before", async () => {
    const { cli, second } = await deployUntilSoak(300);
    killSwitch();
    expect((await cli).exitCode).not.toBe(0);
    expect(tiny.live()).toBe(second);
    writeFileSync(tiny.stack.configFile, old);
    const { exitCode, all, events } = await tiny.up();
    expect(exitCode, all).toBe(0);
    expect(events.map(({ event }) => event)).toContain("taken-up");
    await expectOnly(first);
  });

  it("is put back by a deploy of a third release, before that one comes", async () => {
    const { cli } = await deployUntilSoak(300);
    killSwitch();
    expect((await cli).exitCode).not.toBe(0);
    tiny.configure({ "deploy.soakSeconds": 0 });
    await expectOnly(await tiny.deployWell());
  });
});

describe("npm run recover", () => {
  it("does nothing while a deploy is at work", async () => {
    const { cli, second } = await deployUntilSoak(10);
    const { exitCode, all } = await recover();
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(/a deploy of \S+ is at work .*: nothing was done; wait for its end$/m);
    expect((await cli).exitCode).toBe(0);
    await expectOnly(second);
    tiny.configure({ "deploy.soakSeconds": 0 });
  });

  it("lets a switch end that has outlived its deploy, and the next deploy agrees with it", async () => {
    const { cli, family, second } = await deployUntilSoak(12);
    signal(family, "SIGKILL");
    await cli;
    const { exitCode, all } = await recover();
    expect(exitCode, all).toBe(0);
    expect(all).toMatch(/the lock of process \d+ of \S+, dead, from \S+ is cleared/);
    expect(all).toContain(`release ${second} serves`);
    const next = await tiny.up();
    expect(next.exitCode, next.all).toBe(0);
    await expectOnly(second);
    tiny.configure({ "deploy.soakSeconds": 0 });
  });

  it("clears what is left of a deploy that was killed with all that held it", async () => {
    const { cli, family } = await deployUntilSoak(300);
    killSwitch();
    signal([...family, ...holdersOf(join(tiny.directory, "journal"))], "SIGKILL");
    await cli;
    tiny.configure({ "deploy.soakSeconds": 0 });
    const { exitCode, all } = await recover();
    expect(exitCode, all).toBe(0);
    expect(all).toMatch(/the lock of process \d+ of \S+, dead, from \S+ is cleared/);
    expect(all).toMatch(/the deploy [0-9a-f]{8}, by .*, did not end; the last that it noted: .*/);
    expect(all).toContain(`its switch was cut off and is put back: release ${first} serves`);
    expect(all).toContain(`go on with: npm run pulumi -- up --stack ${tiny.stack.name}`);
    expect(await tiny.running()).toEqual([first]);
    await tiny.deployWell();
    await expectOnly(tiny.live());
  });

  it("is what a deploy asks for that finds another one cut off", async () => {
    const { cli, family } = await deployUntilSoak(300);
    const holders = [join(tiny.directory, "journal"), join(tiny.directory, "live")].flatMap(
      holdersOf,
    );
    signal([...holders, ...family], "SIGKILL");
    await cli;
    await tiny.stack.pulumi("cancel", "--yes");
    const { exitCode, all, events } = await tiny.up();
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(
      new RegExp(
        `error: the deploy before did not end.* npm run recover -- --stack ${tiny.stack.name}; nothing was changed$`,
        "m",
      ),
    );
    expect(events.map(({ event }) => event)).toEqual(["refused"]);
    expect((await recover()).exitCode).toBe(0);
    tiny.configure({ "deploy.soakSeconds": 0 });
    await tiny.deployWell();
    await expectOnly(tiny.live());
  });
});

it("a cancelled job ends by itself before it is ended, and the next deploy needs no hand", async () => {
  const { cli, family } = await deployUntilSoak(300);
  const canceled = Date.now();
  process.kill(cli.pid as number, "SIGINT");
  const timer = setTimeout(() => signal(family, "SIGTERM"), 7500);
  const { exitCode, signal: ended } = await cli;
  clearTimeout(timer);
  expect(Date.now() - canceled).toBeLessThan(7500);
  expect(exitCode).toBeGreaterThan(0);
  expect(ended).toBeUndefined();
  expect(tiny.live()).toBe(first);
  const { deploy } = tiny.journal().at(-1) ?? {};
  const events = tiny.journal().filter((each) => each.deploy === deploy);
  expect(events.slice(-2).map(({ event }) => event)).toEqual(["failed", "put-back"]);
  expect(events.filter(({ event }) => event === "failed").length).toBe(1);
  tiny.configure({ "deploy.soakSeconds": 0 });
  const { exitCode: next, all } = await tiny.up();
  expect(next, all).toBe(0);
});
