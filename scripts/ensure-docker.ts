import { execa } from "execa";
import { checkEngine } from "./check-engine.ts";
import { Failure } from "./failure.ts";
import type { Report } from "./progress.ts";
import { installDocker, startDocker } from "./start-docker.ts";

const again = "and type the command again";

/**
 * Makes a Docker engine answer that has room for what Slipway runs: the one that answers already, else the installed
 * one is started, else one is installed. What a person has to do instead is the one line of a Failure.
 */
export async function ensureDocker(report: Report): Promise<void> {
  report.detail("asking the Docker engine");
  let answer = await askEngine();
  if (answer.state === "missing") {
    await installDocker(report);
    answer = await askEngine();
  }
  if (answer.state === "silent") {
    refuseForeignEngine(answer.problem);
    await startDocker(report, async () => (await askEngine()).state !== "silent");
    answer = await askEngine();
  }
  if (answer.state === "forbidden") {
    throw new Failure(
      `this user may not use the Docker engine; type: sudo usermod -aG docker $USER, then log in anew (or type: newgrp docker) ${again}`,
    );
  }
  if (answer.state !== "answers") {
    throw new Failure(`the Docker engine does not answer: ${answer.problem}; mend that ${again}`);
  }
  await checkEngine();
}

type Answer = { state: "answers" } | { state: "missing" | "silent" | "forbidden"; problem: string };

async function askEngine(): Promise<Answer> {
  const args = ["version", "--format", "{{.Server.Version}}"];
  const result = await execa("docker", args, { reject: false, all: true, timeout: 10_000 });
  if (!result.failed) return { state: "answers" };
  const problem =
    result.all?.trim().replace(/\s+/g, " ").slice(0, 300) || result.shortMessage || "no answer";
  if (result.code === "ENOENT") return { state: "missing", problem };
  return { state: /permission denied/i.test(problem) ? "forbidden" : "silent", problem };
}

/** An engine that somebody else looks after is not for this command to start. */
function refuseForeignEngine(problem: string): void {
  const { DOCKER_HOST: host } = process.env;
  if (host && host !== "unix:///var/run/docker.sock") {
    throw new Failure(
      `no Docker engine answers at DOCKER_HOST=${host}; start it ${again}, or type: unset DOCKER_HOST`,
    );
  }
  // On WSL2 without its integration, Docker Desktop puts a `docker` there that only says so.
  if (/\bWSL\b|desktop/i.test(problem)) {
    throw new Failure(
      `Docker Desktop does not answer; start it, switch on Settings > Resources > WSL integration for this distribution, ${again}`,
    );
  }
}
