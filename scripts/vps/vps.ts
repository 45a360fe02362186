import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { Failure } from "../failure.ts";
import { freePort } from "../free-port.ts";
import { buildImage } from "../images/build-image.ts";
import { ensureBase } from "../images/stand-ins.ts";
import type { Report } from "../progress.ts";
import { availableCapabilities } from "./capabilities.ts";

const quiet: Report = { detail: () => {}, note: console.info };

/** A bare Debian server with systemd and sshd, in a container, reached over ports of the loopback interface. */
export interface Vps {
  sshPort: number;
  httpPort: number;
  httpsPort: number;
  /** Stands first on PATH for whoever logs in as root by a plain `ssh`: its key, and the server known. */
  path: string;
  /** By which this machine reaches it past the published ports. */
  address: string;
  ipv6Address: string;
  /** Name of the container. */
  container: string;
  /** Runs a command as root in it; throws when it fails. */
  run(...words: string[]): Promise<string>;
  /** Gives an archive of `docker save` to its engine. */
  load(archive: string): Promise<void>;
  /** Shuts it down and starts it; ends when systemd has started all that it starts. */
  restart(): Promise<void>;
  /** Off and on again, as it is after a loss of power; waits until it lets somebody in. */
  reboot(): Promise<void>;
  stop(): Promise<void>;
}

export interface VpsOptions {
  /** Directories of this machine that it sees by the same paths. */
  mounts?: string[];
  /** What it has installed beside what a bare one has. */
  packages?: string[];
  report?: Report;
}

export async function startVps(options: VpsOptions = {}): Promise<Vps> {
  const { mounts = [], packages = [], report = quiet } = options;
  const image = await vpsImage(packages, report);
  const name = `slipway-test-vps-${randomBytes(4).toString("hex")}`;
  const home = mkdtempSync(join(tmpdir(), "slipway-vps-"));
  const [sshPort, httpPort, httpsPort] = [await freePort(), await freePort(), await freePort()];
  const network = `${name}-ipv6`;
  const subnet = `fd00:${randomBytes(2).toString("hex")}:${randomBytes(2).toString("hex")}::/64`;
  const publish = (port: number, inside: number) => ["--publish", `127.0.0.1:${port}:${inside}`];
  await docker(
    ...["run", "--detach", "--name", name, "--hostname", "vps", "--stop-timeout", "20"],
    ...availableCapabilities().flatMap((each) => ["--cap-add", each]),
    ...["--sysctl", "net.ipv6.conf.all.disable_ipv6=0"],
    ...["--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"],
    ...["--security-opt", "systempaths=unconfined", "--device-cgroup-rule", "a *:* rwm"],
    ...["--tmpfs", "/run", "--tmpfs", "/run/lock", "--volume", "/var/lib/docker"],
    ...mounts.flatMap((each) => ["--volume", `${each}:${each}`]),
    ...unmountedControllers().flatMap((each) => ["--tmpfs", `/sys/fs/cgroup/${each}`]),
    ...[...publish(sshPort, 22), ...publish(httpPort, 80), ...publish(httpsPort, 443), image],
  );
  const run = (...words: string[]) => docker("exec", name, ...words);
  const stop = async () => {
    await docker("rm", "--force", "--volumes", name);
    await docker("network", "rm", network).catch(() => {});
    rmSync(home, { recursive: true });
  };
  const isUp = async () => {
    for (let tries = 0; tries < 300; tries++) {
      const state = await run("systemctl", "is-system-running").catch((error) => error.all);
      if (/running|degraded/.test(state)) return;
      await sleep(200);
    }
    throw new Failure("the server in a container does not start");
  };
  const startAgain = async (...words: string[]) => {
    await docker("restart", ...words, name);
    await isUp();
  };
  try {
    await docker("network", "create", "--ipv6", "--subnet", subnet, network);
    await docker("network", "connect", network, name);
    await isUp();
    await run("ssh-keygen", "-A");
    // Without keys it has failed again and again by now.
    await run("systemctl", "reset-failed", "ssh.service");
    await run("systemctl", "restart", "ssh.service");
    await letIn(run, home, sshPort);
  } catch (error) {
    await stop();
    throw error;
  }
  const load = async (inputFile: string) => {
    await execa("docker", ["exec", "--interactive", name, "docker", "load"], { inputFile });
  };
  const format = "{{.NetworkSettings.Networks.bridge.IPAddress}}";
  const address = await docker("inspect", "--format", format, name);
  const format6 = `{{(index .NetworkSettings.Networks "${network}").GlobalIPv6Address}}`;
  const ipv6Address = await docker("inspect", "--format", format6, name);
  return {
    sshPort,
    httpPort,
    httpsPort,
    path: home,
    address,
    ipv6Address,
    container: name,
    run,
    load,
    restart: () => startAgain(),
    reboot: () => startAgain("--time", "0"),
    stop,
  };
}

async function docker(...words: string[]): Promise<string> {
  return (await execa("docker", words, { all: true })).all;
}

/** As after `ssh-copy-id`, the host's key known. */
async function letIn(run: Vps["run"], home: string, port: number): Promise<void> {
  const at = (name: string) => join(home, name);
  await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", at("key")]);
  const key = readFileSync(at("key.pub"), "utf8").trim();
  const script = 'install -d -m 0700 /root/.ssh; echo "$1" >/root/.ssh/authorized_keys';
  await run("sh", "-euc", script, "let-in", key);
  const hostKey = await run("cut", "-d", " ", "-f", "1,2", "/etc/ssh/ssh_host_ed25519_key.pub");
  writeFileSync(at("known_hosts"), `[127.0.0.1]:${port} ${hostKey}\n`);
  // HOME is not where ssh looks for its files: it asks the user database.
  writeFileSync(
    at("ssh"),
    `#!/bin/sh\nexec /usr/bin/ssh -i ${at("key")} -o UserKnownHostsFile=${at("known_hosts")} "$@"\n`,
  );
  chmodSync(at("ssh"), 0o755);
}

/**
 * With control groups of version 1 systemd would mount those that this machine does not, for all of the machine, whose own
 * engine would then find its containers no more. It leaves alone where something is mounted.
 */
function unmountedControllers(): string[] {
  if (existsSync("/sys/fs/cgroup/cgroup.controllers")) return [];
  const unmounted = readFileSync("/proc/cgroups", "utf8")
    .split("\n")
    .map((line) => line.split("\t"))
    .filter(([name = "#", hierarchy]) => !name.startsWith("#") && hierarchy === "0")
    .map(([name = ""]) => name);
  const isOfNetwork = (name: string) => name.startsWith("net_");
  return unmounted.some(isOfNetwork)
    ? [...unmounted.filter((name) => !isOfNetwork(name)), "net_cls,net_prio"]
    : unmounted;
}

async function vpsImage(packages: string[], report: Report): Promise<string> {
  const base = await ensureBase(report);
  const directory = import.meta.dirname;
  const title = "the image of a bare server";
  const given = { BASE: base, PACKAGES: packages.join(" ") };
  return buildImage({ title, directory, arguments: given }, report);
}
