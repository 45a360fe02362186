import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { Failure } from "../failure.ts";
import type { Report } from "../progress.ts";

/** The directory in which all checkouts of this user share their parts. */
export function cacheRoot(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "slipway", "toolchain");
}

/**
 * Makes `directory` by `fill`, once however many processes ask at the same time. It appears whole or not at all:
 * `fill` works in a directory beside it, and what an interrupted run left there is removed.
 */
export async function fillOnce(
  directory: string,
  report: Report,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  if (existsSync(directory)) return;
  await mkdir(dirname(directory), { recursive: true }).catch((error: Error) => {
    throw new Failure(`${error.message}: set XDG_CACHE_HOME to a directory that you may write to.`);
  });
  report.detail(`waiting for another process that makes ${basename(directory)}`);
  await using _lock = await lock(`${directory}.lock`);
  if (existsSync(directory)) return;

  const prefix = `${basename(directory)}.partial-`;
  for (const entry of await readdir(dirname(directory)))
    if (entry.startsWith(prefix))
      await rm(join(dirname(directory), entry), { recursive: true, force: true });

  const temporary = await mkdtemp(join(dirname(directory), prefix));
  try {
    await fill(temporary);
    await rename(temporary, directory);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Takes the kernel's lock on a file. The process that holds it ends with its standard input, so that the lock is
 * free again in whatever way this process dies.
 */
async function lock(file: string): Promise<AsyncDisposable> {
  const holder = spawn("flock", ["--exclusive", file, "sh", "-c", "echo held; exec cat"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = once(holder, "exit");
  const [held] = await Promise.race([once(holder.stdout, "data"), ended]).catch(() => [null]);
  if (!(held instanceof Buffer))
    throw new Failure(
      `cannot lock ${file}; flock is missing (apt-get install util-linux) or the directory is not writable.`,
    );
  return {
    async [Symbol.asyncDispose]() {
      holder.stdin.end();
      await ended;
    },
  };
}
