import { execa } from "execa";
import type { RunningContainer } from "./containers.ts";
import type { DeployedEnvironment } from "./environment.ts";
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

/** The release that serves, or undefined before the first deploy. */
export async function liveRelease(
  environment: DeployedEnvironment,
  containers: RunningContainer[],
): Promise<string | undefined> {
  const directory = `${environment.directory}/${environment.stack}`;
  const words = ["sh", "-c", "cat /host/live/release 2>/dev/null || true"];
  return (await lookInto(directory, environment, containers, words))?.trim() || undefined;
}

/**
 * Runs a program in a throw-away container that sees a directory of the host as /host and cannot change it. Undefined
 * when there is no such directory: unlike `--volume`, a mount does not make one.
 */
export async function lookInto(
  directory: string,
  environment: DeployedEnvironment,
  containers: RunningContainer[],
  [program = "", ...words]: string[],
): Promise<string | undefined> {
  const image = await presentImage(environment, containers);
  try {
    return await docker(environment, [
      ...["run", "--rm", "--network", "none", "--log-driver", "none", "--user", "0:0"],
      ...["--mount", `type=bind,source=${directory},target=/host,readonly`],
      ...["--entrypoint", program, image, ...words],
    ]);
  } catch (error) {
    if (error instanceof Failure && /source path does not exist/.test(error.message)) return;
    throw error;
  }
}

/**
 * An image with a shell and its tools. No container keeps the helper's from being pruned; those of containers are there
 * and have the same. Else it is for the engine to pull.
 */
export async function presentImage(
  { engine, helperImage, helper }: Pick<DeployedEnvironment, "engine" | "helperImage" | "helper">,
  containers: RunningContainer[],
): Promise<string> {
  const words = ["image", "inspect", "--format", "{{.Id}}", helperImage];
  const { failed } = await against({ engine })("docker", words, { reject: false });
  return failed ? (containers[0]?.image ?? helper) : helperImage;
}
