import { execa } from "execa";
import { Failure } from "./failure.ts";

/** Runs programs, above all the Docker client, against an engine. */
export function against({ engine }: { engine: string }) {
  return execa({ env: { DOCKER_HOST: engine } });
}

/** Runs the Docker client and returns what it printed. What it complains of becomes one line. */
export async function docker({ engine }: { engine: string }, words: string[]): Promise<string> {
  const result = await against({ engine })("docker", words, { reject: false });
  if (!result.failed) return result.stdout;
  if (result.code === "ENOENT") {
    throw new Failure("this machine has no docker command; npm run quickstart installs it");
  }
  const problem = result.stderr.trim();
  if (/permission denied/i.test(problem) && /connect/i.test(problem)) {
    throw new Failure(
      "this user may not use the Docker engine; type: sudo usermod -aG docker $USER, then log in anew",
    );
  }
  if (/docker daemon|docker API/i.test(problem)) {
    throw new Failure(
      `the Docker engine at ${engine} does not answer; start it, for example with: sudo systemctl start docker`,
    );
  }
  const told = problem.split("\n").filter((line) => line && !/^(Run|See) 'docker/.test(line));
  throw new Failure(told.at(-1) ?? `docker ${words[0]} failed`);
}
