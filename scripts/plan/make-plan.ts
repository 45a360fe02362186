import { readConfiguration } from "../environment.ts";
import { prepareToolchain } from "../prepare-toolchain.ts";
import { type Plan, planOf } from "./plan.ts";
import { previewSteps } from "./preview-steps.ts";

/** What `up` would do to a stack as it is configured in this checkout. Fails with one line when that cannot be said. */
export async function makePlan(stack: string): Promise<Plan> {
  const migration = readConfiguration(stack)["slipway:migration"];
  const steps = await previewSteps(stack, await prepareToolchain());
  return planOf(steps, { declared: migration?.downtime === "declared" });
}
