import { listContainers } from "../containers.ts";
import { docker } from "../engine.ts";
import type { DeployedEnvironment } from "../environment.ts";
import { Failure } from "../failure.ts";
import { liveRelease } from "../host-directory.ts";

/**
 * Refuses a host on which the stack serves: nothing is lost there. What an attempt before has left of containers goes;
 * volumes stay, with what was restored.
 */
export async function emptyHost(environment: DeployedEnvironment): Promise<void> {
  const { stack } = environment;
  const containers = await listContainers(environment);
  const live = containers.length > 0 ? await liveRelease(environment, containers) : undefined;
  if (live) {
    throw new Failure(
      `release ${live} of ${stack} is on this host, so that it is not lost; to have it serve again type: npm run pulumi -- up --refresh --stack ${stack}`,
    );
  }
  for (const { id } of containers) await docker(environment, ["rm", "--force", id]);
}
