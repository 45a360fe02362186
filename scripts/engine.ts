import { execa } from "execa";
import type { Host } from "../components/host-script.ts";
import { sshEngine } from "../components/ssh.ts";
import { sshProblem } from "../components/ssh-problem.ts";
import { sshDirectory } from "../infra/ssh-key.ts";
import { Failure } from "./failure.ts";
import { pathOfSsh, requireKeyFile } from "./ssh-client.ts";

/** Where an engine is. */
export type EngineHost = Pick<Host, "engine" | "ssh">;

/** Runs programs, above all the Docker client, against an engine. The client calls `ssh` without options of ours. */
export function against({ engine, ssh }: EngineHost) {
  if (!ssh) return execa({ env: { DOCKER_HOST: engine } });
  requireKeyFile(ssh);
  return execa({ cwd: sshDirectory, env: { DOCKER_HOST: sshEngine(ssh), PATH: pathOfSsh(ssh) } });
}

/** Runs the Docker client and returns what it printed. What it complains of becomes one line. */
export async function docker(host: EngineHost, words: string[]): Promise<string> {
  const result = await against(host)("docker", words, { reject: false });
  if (!result.failed) return result.stdout;
  if (result.code === "ENOENT") {
    throw new Failure("this machine has no docker command; npm run quickstart installs it");
  }
  const problem = result.stderr.trim();
  const ofSsh = host.ssh && sshProblem(host.ssh, problem);
  if (ofSsh) throw new Failure(ofSsh);
  if (/permission denied/i.test(problem) && /connect/i.test(problem)) {
    throw new Failure(
      "this user may not use the Docker engine; type: sudo usermod -aG docker $USER, then log in anew",
    );
  }
  if (/docker daemon|docker API/i.test(problem)) {
    throw new Failure(
      `the Docker engine at ${host.engine} does not answer; start it, for example with: sudo systemctl start docker`,
    );
  }
  const told = problem.split("\n").filter((line) => line && !/^(Run|See) 'docker/.test(line));
  throw new Failure(told.at(-1) ?? `docker ${words[0]} failed`);
}
