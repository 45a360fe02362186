import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../failure.ts";
import { root } from "../../workspace.ts";
import { describeMachine } from "../page.ts";
import { dataFaults } from "./data-faults.ts";
import { describeTrials, wholePage } from "./data-report.ts";
import { proveData } from "./prove-data.ts";

export const faultNames = Object.keys(dataFaults).join(", ");

/** `npm run prove -- --data`. @param only names with commas between them; undefined means all. */
export async function runDataProof(
  only: string | undefined,
  seed: number,
  write: boolean,
): Promise<void> {
  const started = Date.now();
  const faults = (only?.split(",") ?? Object.keys(dataFaults)).map((name) => {
    const fault = dataFaults[name];
    if (!fault) throw new Failure(`--data knows no '${name}'; type one of: ${faultNames}`);
    return fault;
  });
  const trials = await proveData(faults, seed);
  const figures = describeTrials(trials);
  console.log(`\n${figures}`);
  if (write) {
    const machine = await describeMachine(Math.round((Date.now() - started) / 60_000));
    writeFileSync(join(root, "docs/proof-data.md"), wholePage(figures, machine));
  }
  const broken = trials.flatMap((trial) => trial.broken);
  if (broken.length > 0) throw new Failure(`${broken.length} promises were broken, see above`);
}
