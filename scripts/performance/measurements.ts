import { Failure } from "../failure.ts";
import { compareDeploys, compareNoOps } from "./comparisons.ts";
import { measureData } from "./data/measure-data.ts";
import { measureDeploys } from "./deploys/measure-deploys.ts";
import type { Measurement } from "./figures.ts";
import { figuresOfMigration } from "./measure-migration.ts";
import { compareRemote } from "./remote/measure-remote.ts";

/** By the names that `--only` takes, in the order in which they run. */
const measurements: Record<string, Measurement> = {
  first: { title: "The first deploy beside the plain script", measure: compareDeploys },
  "no-ops": {
    title: "A deploy without a change beside an empty program",
    measure: compareNoOps,
  },
  migration: {
    title: "A deploy with a migration, on a small database and on a large one",
    measure: figuresOfMigration,
  },
  data: {
    title: "Restores beside a plain copy, and what a backup costs who asks",
    measure: measureData,
  },
  deploys: {
    title: "New versions, rollbacks, an undo, and traffic beside kamal-proxy",
    measure: measureDeploys,
  },
  remote: {
    title: "Over SSH, beside the same on the host itself",
    measure: compareRemote,
  },
};

export const names = Object.keys(measurements).join(", ");

/** Those that were asked for. @param only names with commas between them; undefined means all. */
export function chosenMeasurements(only: string | undefined): [name: string, Measurement][] {
  if (only === undefined) return Object.entries(measurements);
  return only.split(",").map((name) => {
    const measurement = measurements[name];
    if (!measurement) throw new Failure(`--only knows no '${name}'; type one of: ${names}`);
    return [name, measurement];
  });
}
