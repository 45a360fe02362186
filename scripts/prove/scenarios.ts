import { type Collision, proveCollisions } from "./collisions.ts";
import { proveDeploys } from "./deploys.ts";
import { type FaultyDeploy, proveFaults } from "./faults.ts";
import { proveKills } from "./kills.ts";
import { proveRestarts } from "./restarts.ts";
import type { Part, Stage } from "./trial.ts";

/** What of the proof is done, and how much of it. */
export interface Extent {
  parts: Part[];
  deploys: number;
  kills: number;
  /** Which faulty releases and which collisions. Each defaults to all. */
  faulty?: FaultyDeploy[];
  collisions?: Collision[];
  /** The same seed gives the same moments of kills, as shares of a deploy. */
  seed: number;
}

/** One part of a proof. */
export interface Scenario {
  part: Part;
  title: string;
  run(stage: Stage): Promise<void>;
}

export function scenariosOf({ parts, deploys, kills, faulty, collisions }: Extent): Scenario[] {
  const scenarios: Partial<Record<Part, Omit<Scenario, "part">>> = {
    deploys: { title: `${deploys} deploys in a row`, run: (stage) => proveDeploys(stage, deploys) },
    faults: {
      title: "Releases that must not come to serve",
      run: (stage) => proveFaults(stage, faulty),
    },
    kills: { title: `kill -9, ${kills} times`, run: (stage) => proveKills(stage, kills) },
    collisions: {
      title: "Two deploys at once",
      run: (stage) => proveCollisions(stage, collisions),
    },
    restarts: { title: "Servers that restart in the middle", run: proveRestarts },
  };
  return parts.flatMap((part) => {
    const scenario = scenarios[part];
    return scenario ? [{ part, ...scenario }] : [];
  });
}
