import type { DeployedEnvironment } from "../environment.ts";
import { Failure } from "../failure.ts";
import { type Owner, StackState } from "../stack-state.ts";
import type { Toolchain } from "../toolchain/ensure-toolchain.ts";
import { type Deployed, deployedOf } from "./deployed.ts";
import type { EngineStep } from "./engine-steps.ts";
import type { HostLook } from "./host-look.ts";
import { lookAtHost } from "./look-at-host.ts";
import { preview } from "./preview.ts";

/** What the audit of any stack goes by. */
export interface EngineEvidence {
  environment: Pick<DeployedEnvironment, "stack">;
  /** What the engine found. */
  steps: EngineStep[];
  /** What the state says. */
  deployed: Pick<Deployed, "unsettled">;
  /** Who locked the state and died, as far as that can be seen. */
  locks: Owner[];
  /** A deploy that was at work meanwhile, in words. */
  deploy: string | undefined;
}

/** All that the audit of an environment goes by. */
export interface Evidence extends EngineEvidence {
  environment: DeployedEnvironment;
  deployed: Deployed;
  /** What is there. */
  host: HostLook;
}

export async function gatherEvidence(
  environment: DeployedEnvironment,
  toolchain: Toolchain,
): Promise<Evidence> {
  const { stack } = environment;
  const started = performance.now();
  const state = new StackState(stack, toolchain);
  const [steps, deployment] = await Promise.all([preview(environment, toolchain), state.open()]);
  const deployed = deployedOf(deployment);
  if (deployed.scripts.size === 0) {
    throw new Failure(
      `nothing was deployed to ${stack} yet; type: npm run pulumi -- up --stack ${stack}`,
    );
  }
  // Last, so that it sees what has begun meanwhile.
  const host = await lookAtHost(environment, deployed);
  const seconds = (performance.now() - started) / 1000;
  const locks = state.deadLocks();
  return { environment, steps, deployed, locks, host, deploy: deployAtWork(host, seconds) };
}

/** One that has ended since is one, too: what was looked at before and after it does not belong together. */
export function deployAtWork(
  { atWork, quietForSeconds }: Pick<HostLook, "atWork" | "quietForSeconds">,
  seconds: number,
): string | undefined {
  if (atWork?.by) return `a deploy by ${atWork.by} since ${atWork.since}`;
  if (atWork) return "a deploy";
  return quietForSeconds <= seconds ? "a deploy that has just ended" : undefined;
}
