import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { Failure } from "./failure.ts";
import type { Report } from "./progress.ts";
import { installPackages, rootCommand } from "./root-command.ts";

const logFile = "/var/log/slipway-dockerd.log";
const startSeconds = 30;
const again = "and type the command again";

/** Installs the distribution's Docker, client and engine. Needs root. */
export async function installDocker(report: Report): Promise<void> {
  report.detail("installing Docker");
  const run = await rootCommand((line) => report.detail(`installing Docker: ${line}`));
  if (!run) {
    throw new Failure(
      `Docker is not installed, and that takes root; type: sudo apt-get install -y docker.io (or what your distribution has for it) ${again}`,
    );
  }
  const { problem } = await installPackages(run, {
    apt: ["docker.io"],
    dnf: ["moby-engine", "docker-cli"],
  });
  if (problem) throw new Failure(`Docker cannot be installed: ${problem}; install it ${again}`);
  report.note("Docker is installed");
}

/**
 * Starts the engine of this machine, by systemd or, where that does not run (a container, an older WSL), as a
 * process that outlives this one, and waits until `answers`.
 */
export async function startDocker(report: Report, answers: () => Promise<boolean>): Promise<void> {
  report.detail("starting the Docker engine");
  if (!(await hasEngine())) await installDocker(report);
  // The package may have started it.
  if (await answers()) return;

  const run = await rootCommand((line) => report.detail(line));
  const hasSystemd = existsSync("/run/systemd/system");
  if (!run) {
    const command = hasSystemd ? "sudo systemctl start docker" : "sudo service docker start";
    throw new Failure(
      `the Docker engine does not run, and to start it takes root; type: ${command} ${again}`,
    );
  }
  const command = hasSystemd
    ? ["systemctl", "start", "docker"]
    : ["sh", "-c", `setsid dockerd </dev/null >${logFile} 2>&1 &`];
  const { failed, all } = await run(...command);
  const deadline = Date.now() + startSeconds * 1000;
  while (!failed && Date.now() < deadline) {
    if (await answers()) {
      report.note("the Docker engine is started");
      return;
    }
    await sleep(300);
  }
  const log = hasSystemd ? "journalctl -u docker" : `cat ${logFile}`;
  const said = failed || hasSystemd ? all : await readFile(logFile, "utf8").catch(() => "");
  const last = said.trim().split("\n").at(-1) || "it said nothing";
  const outcome = failed
    ? "cannot be started"
    : `did not answer within ${startSeconds} s of its start`;
  throw new Failure(`the Docker engine ${outcome}: ${last.slice(0, 300)}; look with: ${log}`);
}

async function hasEngine(): Promise<boolean> {
  const path = `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`;
  return !(await execa("dockerd", ["--version"], { reject: false, env: { PATH: path } })).failed;
}
