import type { RepositorySettings } from "../../infra/schema/repository.ts";
import { configuredRepository } from "../configured-repository.ts";
import { Failure } from "../failure.ts";
import { StackState } from "../stack-state.ts";
import type { Toolchain } from "../toolchain/ensure-toolchain.ts";
import { githubStack as stack } from "../workspace.ts";
import { type DeployedRepository, deployedRepositoryOf } from "./deployed-repository.ts";
import type { EngineEvidence } from "./evidence.ts";
import { lookAtRepository, type RepositoryLook } from "./look-at-repository.ts";
import { preview } from "./preview.ts";

/** All that the audit of a repository on GitHub goes by. */
export interface RepositoryEvidence extends EngineEvidence, RepositoryLook {
  settings: Pick<RepositorySettings, "owner" | "name" | "api">;
  /** What the state says. */
  deployed: DeployedRepository;
}

export async function gatherRepositoryEvidence(toolchain: Toolchain): Promise<RepositoryEvidence> {
  const state = new StackState(stack, toolchain);
  const [settings, deployment] = await Promise.all([configuredRepository(toolchain), state.open()]);
  const deployed = deployedRepositoryOf(deployment);
  if ((deployment.resources ?? []).length === 0) {
    throw new Failure(
      `nothing was deployed to ${stack} yet; type: npm run pulumi -- up --stack ${stack}`,
    );
  }
  // First, so that one line says what is wrong with the token, and none of the plugin's.
  const look = await lookAtRepository(settings, deployed);
  const steps = await preview({ stack, ssh: undefined }, toolchain);
  const environment = { stack };
  const locks = state.deadLocks();
  return { environment, settings, steps, deployed, locks, ...look, deploy: undefined };
}
