import { proveDisturbance } from "../restarts.ts";
import type { Stage } from "../trial.ts";
import type { OwnEngine } from "./own-engine.ts";

/** Restarts the whole engine in the middle of a deploy, early and late. */
export async function proveEngineRestarts(stage: Stage, engine: OwnEngine): Promise<void> {
  for (const share of [0.35, 0.75])
    stage.keep(
      await proveDisturbance(stage, "engine", "Docker engine restarted", share, () =>
        engine.restart(),
      ),
    );
}
