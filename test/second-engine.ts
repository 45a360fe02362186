import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { until } from "./throw-away.ts";

const programs = ["/usr/bin/dockerd", "/usr/sbin/dockerd", "/usr/local/bin/dockerd"];

export interface Engine {
  /** As DOCKER_HOST takes it. */
  address: string;
  /** Runs the Docker client against it and returns what it printed; throws when it fails. */
  docker(...words: string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Why this machine cannot run a second engine; undefined when it can. */
export function whyNoSecondEngine(): string | undefined {
  if (process.getuid?.() !== 0) return "a second Docker engine takes root";
  if (!programs.some(existsSync)) return "this machine has no dockerd to start a second time";
  return undefined;
}

/**
 * Starts a Docker engine beside the machine's own, empty, in a directory that goes with it. It has no networks and
 * leaves the machine's alone: enough for images.
 */
export async function startEngine(): Promise<Engine> {
  const directory = mkdtempSync(join(tmpdir(), "slipway-engine-"));
  const at = (name: string) => join(directory, name);
  const address = `unix://${at("docker.sock")}`;
  const namespace = `slipway-test-${randomBytes(4).toString("hex")}`;
  const own = await execa("docker", ["info", "--format", "{{.DriverStatus}}"]);
  // Engines that keep images in different ways do not agree on their ids.
  const keepsInContainerd = own.stdout.includes("io.containerd.snapshotter");
  const features = { "containerd-snapshotter": keepsInContainerd };
  writeFileSync(at("daemon.json"), JSON.stringify({ features }));
  const engine = spawn(
    "unshare",
    [
      // An engine without a bridge removes docker0 at its start: it must not see the one that others use.
      ...["--net", programs.find(existsSync) as string],
      ...["--config-file", at("daemon.json"), "--host", address, "--pidfile", at("pid")],
      ...["--data-root", at("data"), "--exec-root", at("exec")],
      ...["--containerd-namespace", namespace, "--containerd-plugins-namespace", `${namespace}-p`],
      ...["--bridge", "none", "--iptables=false", "--ip6tables=false", "--ip-masq=false"],
    ],
    { stdio: ["ignore", "ignore", openSync(at("log"), "w")] },
  );
  const ended = once(engine, "exit");
  const run = async (...words: string[]) =>
    (await execa("docker", ["--host", address, ...words], { all: true })).all;
  await until(async () => {
    if (engine.exitCode !== null)
      throw new Error(`the second engine ended: ${readFileSync(at("log"), "utf8").slice(-2000)}`);
    return run("version").catch(() => undefined);
  }, 30);
  return {
    address,
    docker: run,
    async stop() {
      engine.kill();
      await ended;
      rmSync(directory, { recursive: true });
    },
  };
}
