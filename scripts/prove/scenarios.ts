import type { PreparedVps } from "../vps/prepared-vps.ts";
import { type Collision, proveCollisions } from "./collisions.ts";
import { proveDeploys } from "./deploys.ts";
import { type FaultyDeploy, proveFaults } from "./faults.ts";
import { proveKills } from "./kills.ts";
import { proveRestarts } from "./restarts.ts";
import { proveConnections } from "./server/connections.ts";
import { proveFullDisk } from "./server/full-disk.ts";
import { proveEngine, proveReboots } from "./server/restarts.ts";
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
  /** Whether the stack is on a server, and not on this machine. Defaults to false. */
  hasServer?: boolean;
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
    connections: onServer("Connections that break", (stage, server) =>
      proveConnections(stage, server, Math.ceil(kills / 2)),
    ),
    engine: onServer("Docker restarted and killed in the middle", proveEngine),
    reboots: onServer("A server that is turned off and on again", proveReboots),
    disk: onServer("A disk that gets full", proveFullDisk),
  };
  return parts.flatMap((part) => {
    const scenario = scenarios[part];
    return scenario ? [{ part, ...scenario }] : [];
  });
}

function onServer(
  title: string,
  prove: (stage: Stage, server: PreparedVps) => Promise<void>,
): Omit<Scenario, "part"> {
  return {
    title,
    async run(stage) {
      if (stage.server) await prove(stage, stage.server);
    },
  };
}
