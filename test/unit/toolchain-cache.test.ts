import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fillOnce } from "../../scripts/toolchain/part-cache.ts";

const run = promisify(execFile);
const silent = { detail: () => {}, note: () => {} };
const partCache = fileURLToPath(new URL("../../scripts/toolchain/part-cache.ts", import.meta.url));

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "slipway-cache-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A process of its own that fills `part` by a real command, and counts itself in a file. */
function filler(seconds: number): string[] {
  const program = `
    import { execFileSync } from "node:child_process";
    import { fillOnce } from ${JSON.stringify(partCache)};
    await fillOnce(${JSON.stringify(join(root, "part"))}, { detail() {}, note() {} }, async (directory) => {
      execFileSync("sh", ["-c", 'echo $$ >> "$1/fills"; echo half > "$2/tool"; sleep ${seconds}; echo whole > "$2/tool"',
        "sh", ${JSON.stringify(root)}, directory]);
    });`;
  return ["--input-type=module", "--eval", program];
}

async function fills(): Promise<number> {
  return (await readFile(join(root, "fills"), "utf8")).trim().split("\n").length;
}

test("processes that ask at the same time make the part once", async () => {
  await Promise.all([1, 2, 3].map(() => run(process.execPath, filler(0.5))));
  expect(await fills()).toBe(1);
  expect(await readFile(join(root, "part", "tool"), "utf8")).toBe("whole\n");
});

test("a run killed in the middle leaves no part, and the next one makes it whole", async () => {
  const killed = spawn(process.execPath, filler(30), { detached: true });
  while (!existsSync(join(root, "fills"))) await sleep(20);
  process.kill(-(killed.pid as number), "SIGKILL");
  await once(killed, "exit");
  expect(existsSync(join(root, "part"))).toBe(false);

  await run(process.execPath, filler(0));
  expect(await readFile(join(root, "part", "tool"), "utf8")).toBe("whole\n");
  expect((await readdir(root)).sort()).toEqual(["fills", "part", "part.lock"]);
});

test("a failure in the middle leaves nothing and is passed on", async () => {
  const part = join(root, "part");
  const attempt = fillOnce(part, silent, async (directory) => {
    await writeFile(join(directory, "tool"), "half");
    throw new Error("no more disk");
  });
  await expect(attempt).rejects.toThrow("no more disk");
  expect(await readdir(root)).toEqual(["part.lock"]);
});

test("a part that is there is not made again", async () => {
  const part = join(root, "part");
  await fillOnce(part, silent, (directory) => writeFile(join(directory, "tool"), "first"));
  await fillOnce(part, silent, () => Promise.reject(new Error("made again")));
  expect(await readFile(join(part, "tool"), "utf8")).toBe("first");
});
