import type { DeployedEnvironment } from "../environment.ts";
import { clock } from "../releases/releases-table.ts";
import type { Beside } from "./host-restore.ts";

/** Says what is restored beside, and how to look at it. */
export function showBeside(
  { database, files }: Beside,
  { stack, helper }: DeployedEnvironment,
): void {
  if (database) {
    const { reached, bytes, tables, rows } = database;
    console.log(
      `Restored beside: up to the transaction of ${clock(reached)}, ${tables} tables, ${rows} rows, ${Math.round(bytes / 1_048_576)} MB; ${lossSince(reached)}.`,
    );
    console.log(`Ask it: npm run psql -- --side --stack ${stack}`);
  }
  if (files) {
    const { set, at, volumes } = files;
    console.log(
      `Files beside: those of the backup ${set}, of ${clock(at)}, in ${volumes.map((each) => `${each}.side`).join(", ")}.`,
    );
    console.log("Look at them, and copy single ones into /live, on the server:");
    for (const each of volumes)
      console.log(
        `  docker run --rm -it --network none --volume ${each}.side:/side:ro --volume ${each}:/live ${helper} sh`,
      );
  }
}

/** What going live with it would lose, in words. */
export function lossOf({ database, files }: Beside): string {
  const [data, old] = [database && lossSince(database.reached), files && clock(files.at)];
  return [data, old && `the files are those of ${old}`].filter(Boolean).join(", and ");
}

function lossSince(reached: Date): string {
  const seconds = Math.round((Date.now() - reached.getTime()) / 1000);
  return seconds < 120
    ? `what was written in the last ${seconds} seconds is not in it`
    : `what was written in the last ${Math.round(seconds / 60)} minutes is not in it`;
}
