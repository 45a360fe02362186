import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { startProgram } from "../../scripts/prove/attempt.ts";

const mark = `SLIPWAY_TEST_MARK=${process.pid}.${Date.now()}`;

/** Commands of the processes that were started here and still run. */
function running(): string[] {
  return readdirSync("/proc").flatMap((entry) => {
    try {
      if (!readFileSync(`/proc/${entry}/environ`, "utf8").split("\0").includes(mark)) return [];
      return readFileSync(`/proc/${entry}/cmdline`, "utf8").split("\0").join(" ").trim() || [];
    } catch {
      return [];
    }
  });
}

/** A program with a plugin in a group of its own and a script on the host, each with a child. */
function start() {
  const script = `
    setsid sh -c 'sleep 601 & wait' &
    echo 'sleep 602 & wait' | setsid bash -s -- apply &
    echo started; wait`;
  const [name = "", value = ""] = mark.split("=");
  return startProgram("bash", ["-c", script], { [name]: value });
}

const hostScript = ["bash -s -- apply", "sleep 602"];

test.each([
  ["with the scripts on the host", false, []],
  ["without them", true, hostScript],
])("kills a command and all that it started, %s", async (_, spares, left) => {
  const attempt = start();
  onTestFinished(() => attempt.kill(false));
  await expect.poll(running).toEqual(expect.arrayContaining(["sleep 601", ...hostScript]));
  const scripts = scriptIds();
  onTestFinished(() => {
    for (const id of scripts) killQuietly(id);
  });
  attempt.kill(spares);
  const outcome = await attempt.ended;
  expect(outcome.exitCode).toBeUndefined();
  expect(outcome.output).toBe("started\n");
  await sleep(100);
  expect(running().sort()).toEqual(left);
});

test("tells how a command ended and what it printed", async () => {
  const outcome = await startProgram("sh", ["-c", "echo one; echo two >&2; exit 3"], {}).ended;
  expect(outcome).toMatchObject({ exitCode: 3 });
  expect(outcome.output.split("\n").sort()).toEqual(["", "one", "two"]);
  expect(outcome.to).toBeGreaterThanOrEqual(outcome.from);
});

function scriptIds(): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((id) => {
      try {
        return readFileSync(`/proc/${id}/environ`, "utf8").includes(mark);
      } catch {
        return false;
      }
    });
}

function killQuietly(id: number): void {
  try {
    process.kill(id, "SIGKILL");
  } catch {
    // It has ended.
  }
}
