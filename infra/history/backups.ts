import type { JournalEvent } from "./journal.ts";

/** What became of the saving, or of the proof, in one repository. */
export interface BackupRecord {
  /** Number of the repository. */
  repository: string;
  /** The newest that worked; absent before the first one. */
  last?: { at: Date; set: string };
  /** Why it failed since then; empty when it did not. */
  failure: string;
  /** When the host was told to take them. */
  scheduledAt?: Date;
}

/** So old the newest backup may be: a day, and two hours for it to be taken in. */
export const freshHours = 26;

/** Events of a proof, for `backupsOf`. */
export const proofEvents: [string, string] = ["proved", "proof-failed"];

/** What the journal says of each of the repositories: a backup, or with `proofEvents` its proof. */
export function backupsOf(
  events: JournalEvent[],
  repositories: string[],
  [done, failed] = ["backup", "backup-failed"],
): BackupRecord[] {
  const scheduled = events.findLast(({ event }) => event === "backup-scheduled");
  return repositories.map((repository) => {
    const own = events.filter(
      (each) => each.repository === repository || (each.event === failed && !each.repository),
    );
    const last = own.findLast(({ event }) => event === done);
    const failure = own.findLast(
      ({ event, time }) => event === failed && !(last && time < last.time),
    );
    return {
      repository,
      ...(last ? { last: { at: last.time, set: last.set } } : {}),
      failure: failure?.reason ?? "",
      ...(scheduled ? { scheduledAt: scheduled.time } : {}),
    };
  });
}

/** What is wrong with what was put away of the keys, in words; undefined when nothing is. */
export function escrowComplaint(events: JournalEvent[]): string | undefined {
  const inUse = events.findLast(({ event }) => event === "backup-keys")?.fingerprint;
  const putAway = events.filter(({ event }) => event === "escrowed");
  if (!inUse || putAway.some(({ fingerprint }) => fingerprint === inUse)) return undefined;
  return putAway.length > 0
    ? "they are not those that were put away: a key, a credential or an address has changed"
    : "they were never put away: with the server and the state, all backups would be lost";
}

/** What is wrong with it at a moment, in words; undefined when nothing is. The first one has an hour to be made in. */
export function complaintOf(
  { last, failure, scheduledAt }: BackupRecord,
  now: Date,
): string | undefined {
  const hoursSince = (at: Date) => (now.getTime() - at.getTime()) / 3_600_000;
  if (failure) return failure;
  if (last) {
    const hours = hoursSince(last.at);
    return hours > freshHours ? `the newest is ${Math.floor(hours)} hours old` : undefined;
  }
  return scheduledAt && hoursSince(scheduledAt) < 1 ? undefined : "there is none";
}
