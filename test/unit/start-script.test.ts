import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { containerScript } from "./container-script.ts";

const { run, start, write, remove } = containerScript("start.sh");
const environment = {
  SLIPWAY_RELEASE: "0123abcd",
  SLIPWAY_SECRETS_AS: "files",
  SLIPWAY_QUEUES: "default,mail",
  SLIPWAY_PROBE_QUEUE: "probe-worker-0123abcd-1",
};
const show = ["printf", "%s|"];
const awkward = ["*", "a b", "first\nsecond", "$HOME", "it's", "-n", "x{queues}"];

afterEach(() => remove("slipway/live/release"));

describe("whatever is started", () => {
  test.each(["service", "worker", "task"])(
    "a %s gets the very words of its command",
    async (role) => {
      const cwd = mkdtempSync(join(run, "files-"));
      writeFileSync(join(cwd, "a file"), "");
      const { stdout } = await start([role, ...show, ...awkward], environment, { cwd });
      expect(stdout).toBe(`${awkward.join("|")}|`);
    },
  );

  test("the command takes the shell's place, and so gets its signals", async () => {
    const started = start(["service", "sh", "-c", "echo $$"], environment);
    expect((await started).stdout).toBe(String(started.pid));
  });

  test("the command's exit code is the container's", async () => {
    expect((await start(["task", "sh", "-c", "exit 7"], environment)).exitCode).toBe(7);
  });

  test("settings keep their values, whatever they are called", async () => {
    const settings = { role: "admin", value: "1", word: "2", file: "3", queues: "4", live: "5" };
    const { stdout } = await start(["worker", "env"], { ...environment, ...settings });
    for (const [name, value] of Object.entries(settings)) {
      expect(stdout.split("\n")).toContain(`${name}=${value}`);
    }
  });
});

describe("secrets", () => {
  write("secrets/JWT_SECRET_KEY", "it's $(id) ß\nsecond line\n");
  write("secrets/file", "lower");

  test("stay files unless the application reads only the environment", async () => {
    const { stdout } = await start(["service", "env"], environment);
    expect(stdout).not.toMatch(/JWT_SECRET_KEY|lower/);
  });

  test("become variables as they are, of the application alone", async () => {
    const words = ["service", "sh", "-c", 'printf "%s|%s" "$JWT_SECRET_KEY" "$file"'];
    const { stdout } = await start(words, { ...environment, SLIPWAY_SECRETS_AS: "environment" });
    expect(stdout).toBe("it's $(id) ß\nsecond line|lower");
  });

  test("a container that does not say how it gets them does not start", async () => {
    const { SLIPWAY_SECRETS_AS: _, ...rest } = environment;
    const { exitCode, stderr } = await start(["service", "env"], rest);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("SLIPWAY_SECRETS_AS");
  });
});

describe("a worker", () => {
  const words = ["worker", ...show, "--queues", "{queues}"];

  test.each([undefined, "ffff0000\n"])(
    "of a release that is not live eats no task",
    async (live) => {
      if (live) write("slipway/live/release", live);
      expect((await start(words, environment)).stdout).toBe("--queues|probe-worker-0123abcd-1|");
    },
  );

  test("of the live release takes the queues, after a restart as well", async () => {
    write("slipway/live/release", "0123abcd\n");
    expect((await start(words, environment)).stdout).toBe("--queues|default,mail|");
  });
});

describe("beside a migration", () => {
  afterEach(() => remove("slipway/bin/migrated"));

  test.each(["service", "worker"])("a %s waits for it, and then starts", async (role) => {
    write("slipway/bin/migrated/of-another", "");
    const waiting = start([role, "echo", "started"], environment);
    const first = waiting.iterable()[Symbol.asyncIterator]().next();
    expect(await Promise.race([first, sleep(500, "waits")])).toBe("waits");
    write("slipway/bin/migrated/done", "");
    expect((await first).value).toBe("started");
    expect((await waiting).stderr).toContain("waits for the migration of release 0123abcd");
  });

  test("a one-off command does not wait", async () => {
    write("slipway/bin/migrated/of-another", "");
    expect((await start(["task", "echo", "ran"], environment)).stdout).toBe("ran");
  });
});

describe("beat", () => {
  const beat = (environmentOf = environment) =>
    start(["beat", "sh", "-c", 'echo "$0"; exec sleep 60', "{schedule}"], environmentOf);

  test("waits until its release is live, and then runs with the schedule that outlives it", async () => {
    write("slipway/live/release", "ffff0000\n");
    const waiting = beat();
    const first = waiting.iterable()[Symbol.asyncIterator]().next();
    expect(await Promise.race([first, sleep(1200, "waits")])).toBe("waits");
    write("slipway/live/release", "0123abcd\n");
    expect((await first).value).toBe(`${run}/slipway/beat/schedule`);
    waiting.kill();
    await waiting;
  });

  test("waits for the one lock of the environment: two never run", async () => {
    write("slipway/live/release", "0123abcd\n");
    const one = beat();
    const runs = one.iterable()[Symbol.asyncIterator]().next();
    expect((await runs).value).toContain("schedule");
    const two = beat();
    const follows = two.iterable()[Symbol.asyncIterator]().next();
    expect(await Promise.race([follows, sleep(1200, "waits")])).toBe("waits");
    one.kill();
    expect((await follows).value).toContain("schedule");
    two.kill();
    await Promise.all([one, two]);
  });
});
