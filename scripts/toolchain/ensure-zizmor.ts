import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { Failure } from "../failure.ts";
import type { Report } from "../progress.ts";
import { cacheRoot, fillOnce } from "./part-cache.ts";

const lockFile = fileURLToPath(new URL("python/zizmor.lock", import.meta.url));

/** The path of zizmor, which the machine's pip installs, once, as its lock file pins it. Python has to be there. */
export async function ensureZizmor(report: Report): Promise<string> {
  const digest = createHash("sha256").update(readFileSync(lockFile)).digest("hex").slice(0, 12);
  const directory = join(cacheRoot(), `zizmor-${digest}`);
  await fillOnce(directory, report, async (temporary) => {
    report.detail("zizmor: installing it with pip");
    await execa("python3", ["-m", "venv", temporary]);
    const words = ["-m", "pip", "install", "--disable-pip-version-check", "--quiet"];
    const pinned = ["--require-hashes", "--only-binary", ":all:", "--requirement", lockFile];
    const { failed, stderr } = await execa(join(temporary, "bin/python"), [...words, ...pinned], {
      reject: false,
    });
    if (failed)
      throw new Failure(
        `zizmor could not be installed: ${stderr.trim().split("\n").at(-1)}; see that 'pip download zizmor' works and type the command again.`,
      );
  });
  return join(directory, "bin/zizmor");
}
