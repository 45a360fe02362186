import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll } from "vitest";

/** A directory that stands for a container's /run while its scripts run on this machine. */
export function containerScript(name: "start.sh" | "probe.sh") {
  const run = mkdtempSync(join(tmpdir(), "slipway-container-"));
  afterAll(() => rmSync(run, { recursive: true, force: true }));
  const source = readFileSync(new URL(`../../scripts/container/${name}`, import.meta.url), "utf8");
  const script = join(run, name);
  // This machine has processes that are nobody's business.
  const own = source.replaceAll("/run/", `${run}/`).replaceAll("/proc/[0-9]", `${run}/proc/[0-9]`);
  writeFileSync(script, own);
  mkdirSync(join(run, "slipway/beat"), { recursive: true });
  mkdirSync(join(run, "slipway/live"), { recursive: true });
  mkdirSync(join(run, "secrets"), { recursive: true });
  return {
    run,
    /** Writes a file by its path under /run. */
    write(path: string, content: string): void {
      mkdirSync(dirname(join(run, path)), { recursive: true });
      writeFileSync(join(run, path), content);
    },
    remove: (path: string) => rmSync(join(run, path), { recursive: true, force: true }),
    /** Starts the script with no more environment than is given. Does not throw: look at `exitCode`. */
    start(words: string[], env: Record<string, string> = {}, options: { cwd?: string } = {}) {
      return execa("sh", [script, ...words], {
        ...options,
        env: { PATH: process.env.PATH, ...env },
        extendEnv: false,
        reject: false,
      });
    },
  };
}
