import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { Failure } from "../../failure.ts";

const programs = ["/usr/bin/dockerd", "/usr/sbin/dockerd", "/usr/local/bin/dockerd"];

/** Why this machine cannot run an engine of the proof's own; undefined when it can. */
export function whyNoOwnEngine(): string | undefined {
  if (process.getuid?.() !== 0) return "a second Docker engine takes root";
  if (!programs.some(existsSync)) return "this machine has no dockerd to start a second time";
  if (!existsSync("/usr/bin/unshare")) return "unshare is missing";
  return undefined;
}

/**
 * A Docker engine that may be restarted without a harm to others: its files lie in a directory of its own, and its
 * networks and mounts in the namespaces of this process, which nobody else may be in.
 */
export class OwnEngine {
  readonly address: string;
  readonly #directory: string;
  #process: ChildProcess | undefined;

  constructor(directory: string) {
    this.#directory = directory;
    this.address = `unix://${join(directory, "docker.sock")}`;
  }

  async start(): Promise<void> {
    const at = (name: string) => join(this.#directory, name);
    const log = openSync(at("engine.log"), "a");
    this.#process = spawn(
      programs.find(existsSync) as string,
      [
        ...["--host", this.address, "--pidfile", at("pid"), "--config-file", at("daemon.json")],
        ...["--data-root", at("data"), "--exec-root", at("exec")],
      ],
      { stdio: ["ignore", log, log], detached: true },
    );
    for (let tries = 0; ; tries++) {
      const { failed } = await execa("docker", ["--host", this.address, "version"], {
        reject: false,
      });
      if (!failed) return;
      if (this.#process.exitCode !== null || tries > 300) {
        const end = readFileSync(at("engine.log"), "utf8").slice(-1000);
        throw new Failure(`an engine of the proof's own does not start: ${end}`);
      }
      await sleep(200);
    }
  }

  /** As `systemctl stop docker` does: containers are stopped with it. */
  async stop(): Promise<void> {
    if (!this.#process || this.#process.exitCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    await ended;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }
}
