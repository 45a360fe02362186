import { type ConfiguredImages, imagesOf } from "../infra/release-description.ts";
import type { RunningContainer } from "./containers.ts";
import { against, docker, type EngineHost } from "./engine.ts";
import type { DeployedEnvironment } from "./environment.ts";
import { Failure } from "./failure.ts";

/** What serves in an environment. */
export interface Live {
  /** Undefined before the first deploy. */
  release: string | undefined;
  /** As its configuration named them. */
  images: ConfiguredImages;
}

const look = `cd /host
live=$(cat live/release 2>/dev/null) && echo "$live" && cat "releases/$live/description" 2>/dev/null || true`;

/** Asks the host. */
export async function lookAtLive(
  environment: DeployedEnvironment,
  containers: RunningContainer[],
): Promise<Live> {
  const directory = `${environment.directory}/${environment.stack}`;
  const said = await lookInto(directory, environment, containers, ["sh", "-c", look]);
  const [release, ...description] = (said ?? "").split("\n");
  return { release: release || undefined, images: imagesOf(description.join("\n")) };
}

/** The release that serves, or undefined before the first deploy. */
export async function liveRelease(
  environment: DeployedEnvironment,
  containers: RunningContainer[],
): Promise<string | undefined> {
  return (await lookAtLive(environment, containers)).release;
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
      ...["--read-only", "--cap-drop", "ALL", "--cap-add", "DAC_READ_SEARCH"],
      ...["--security-opt", "no-new-privileges:true", "--pids-limit", "16", "--memory", "64m"],
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
  environment: EngineHost & Pick<DeployedEnvironment, "helperImage" | "helper">,
  containers: RunningContainer[],
): Promise<string> {
  const { helperImage, helper } = environment;
  const words = ["image", "inspect", "--format", "{{.Id}}", helperImage];
  const { failed } = await against(environment)("docker", words, { reject: false });
  return failed ? (containers[0]?.image ?? helper) : helperImage;
}
