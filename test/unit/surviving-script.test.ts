import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, expect, test } from "vitest";
import { survivingScript } from "../../components/host-script.ts";

const directory = mkdtempSync(join(tmpdir(), "slipway-survivor-"));
const journal = join(directory, "journal");

afterAll(() => rmSync(directory, { recursive: true }));

/** Starts a script that does this, and waits until it has begun. */
async function begin(body: string) {
  rmSync(journal, { force: true });
  const script = `apply() {\n${body}\n}\n"$1" </dev/null; exit\n`;
  const input = survivingScript(script.replaceAll("JOURNAL", journal));
  const running = execa("bash", ["-s", "--", "apply"], { input, reject: false, detached: true });
  await until("begun");
  return { running };
}

async function until(word: string): Promise<void> {
  const written = () => {
    try {
      return readFileSync(journal, "utf8");
    } catch {
      return "";
    }
  };
  for (let tries = 0; !written().includes(word); tries++) {
    if (tries > 100) throw new Error(`not written: ${word}`);
    await sleep(50);
  }
}

test("its output and status are those of the script", async () => {
  const { running: good } = await begin("echo begun >>JOURNAL; echo out; echo err >&2");
  expect(await good).toMatchObject({ stdout: "out\nerr", stderr: "", exitCode: 0 });
  const { running: bad } = await begin("echo begun >>JOURNAL; echo no; exit 3");
  expect(await bad).toMatchObject({ stdout: "", stderr: "no", exitCode: 3 });
});

test("it goes on when whoever waits for it is killed with the whole group", async () => {
  const { running } = await begin("echo begun >>JOURNAL; sleep 1; echo more; echo ended >>JOURNAL");
  process.kill(-(running.pid as number), "SIGKILL");
  await until("ended");
  expect((await running).signal).toBe("SIGKILL");
});

test("TERM reaches it and what it waits for, and it ends in its own way", async () => {
  const { running } = await begin(
    "trap 'echo undone >>JOURNAL; exit 7' EXIT; trap 'exit 143' TERM; echo begun >>JOURNAL; sleep 60",
  );
  running.kill("SIGTERM");
  const { exitCode, durationMs } = await running;
  expect(readFileSync(journal, "utf8")).toBe("begun\nundone\n");
  expect(exitCode).toBe(7);
  expect(durationMs).toBeLessThan(5_000);
});

test("TERM that comes again does not end what puts things back", async () => {
  const client = `${process.execPath} -e 'process.once("SIGTERM", () => process.exit(1)); setTimeout(() => {}, 1500)'`;
  const { running } = await begin(
    `trap "echo ending >>JOURNAL; ${client.replaceAll('"', '\\"')} && echo undone >>JOURNAL" EXIT
    trap 'exit 143' TERM; echo begun >>JOURNAL; sleep 60`,
  );
  running.kill("SIGTERM");
  await until("ending");
  await sleep(500);
  running.kill("SIGTERM");
  await running;
  expect(readFileSync(journal, "utf8")).toBe("begun\nending\nundone\n");
});
