import type { Deploy } from "../../infra/history/deploys.ts";
import type { JournalEvent } from "../../infra/history/journal.ts";
import { Failure } from "../failure.ts";

/**
 * Name of the restore point at which the database was as a release had left it: that of the first migration since the
 * release served. Fails with one line when there is none.
 */
export function restorePointOf(events: JournalEvent[], { release, liveAt }: Deploy): string {
  const since = events.filter(({ time }) => liveAt && time > liveAt);
  const migrated = since.findIndex(({ event }) => event === "migrated");
  if (migrated === -1) {
    throw new Failure(
      `nothing was migrated since release ${release}, so that it can go on with the data as they are: leave --with-data out`,
    );
  }
  const by = since[migrated]?.release;
  const point = since
    .slice(0, migrated)
    .findLast((each) => each.event === "restore-point" && each.release === by)?.point;
  if (point) return point;
  throw new Failure(
    `the migration of release ${by} has no restore point: backups were turned off, or the database was empty; a moment can be gone back to with: npm run restore -- --to TIME`,
  );
}
