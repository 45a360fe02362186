import type { Target } from "../../infra/github/branching/branching-model.ts";
import { branchingOf } from "../../infra/github/branching.ts";
import { gateOf } from "../../infra/github/plan-limits.ts";
import type { RepositorySettings } from "../../infra/schema/repository.ts";
import { image } from "./deploy/image.ts";
import { plan } from "./deploy/plan.ts";
import { release } from "./deploy/release.ts";
import { up } from "./deploy/up.ts";
import type { Workflow } from "./workflow.ts";

/**
 * A stack's deploy: its image, its plan, whose approval it needs, `up`. What waits for somebody is approved by the hash
 * of its plan, and refused when the plan is another one by then. One at a time, and none is cancelled in the middle.
 */
export function deploy(settings: RepositorySettings, target: Target): Workflow {
  const gate = gateOf(settings, target);
  const approval =
    gate === "comment"
      ? { approval: { description: "The comment that approves the plan", type: "string" } }
      : {};
  const ways = {
    image: {
      description: "An image by its digest, instead of that of this commit",
      type: "string",
    },
    ...approval,
  };
  const waits = gate !== "none";
  return {
    name: `Deploy ${target}`,
    on: {
      push: branchingOf(settings).deploys[target],
      workflow_dispatch: { inputs: ways },
    },
    jobs: {
      image: image(settings, target),
      ...(waits ? { plan: plan(settings, target) } : {}),
      deploy: up(settings, target),
      ...(target === "production" && isByTag(settings) ? { release: release() } : {}),
    },
  };
}

function isByTag(settings: RepositorySettings): boolean {
  return (branchingOf(settings).deploys.production?.tags ?? []).length > 0;
}
