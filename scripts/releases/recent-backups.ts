import { styleText } from "node:util";
import {
  type BackupRecord,
  backupsOf,
  complaintOf,
  escrowComplaint,
  proofEvents,
} from "../../infra/history/backups.ts";
import { parseJournal } from "../../infra/history/journal.ts";
import type { RunningContainer } from "../containers.ts";
import type { DeployedEnvironment } from "../environment.ts";
import { lookInto } from "../host-directory.ts";
import { localStack } from "../workspace.ts";
import { clock } from "./releases-table.ts";

/** Of two months of daily ones, and of their proofs. */
const lines = 400;

/** What the journal says of the backups of each repository, and of the proofs that they can be restored. */
export interface RecentBackups {
  backups: BackupRecord[];
  proofs: BackupRecord[];
  /** What is wrong with what was put away of their keys. */
  keys?: string | undefined;
}

export async function recentBackups(
  environment: DeployedEnvironment,
  containers: RunningContainer[],
): Promise<RecentBackups> {
  const directory = `${environment.directory}/${environment.stack}`;
  const look = `cd /host/journal; grep -E '"event":"(escrowed|backup-keys)"' log 2>/dev/null
    grep -E '"event":"(backup|proof-failed|proved","repository)' log 2>/dev/null | tail -n ${lines}`;
  const said = await lookInto(directory, environment, containers, ["sh", "-c", look]);
  const events = parseJournal(said ?? "");
  const repositories = environment.repositories.map(String);
  const isSaved = repositories.length > 0 && environment.stack !== localStack;
  return {
    backups: backupsOf(events, repositories),
    proofs: environment.proves ? backupsOf(events, repositories, proofEvents) : [],
    keys: isSaved ? escrowComplaint(events) : undefined,
  };
}

/** As `npm run status` shows it: red when something is wrong with it. */
export function backupLine(what: string, record: BackupRecord, now = new Date()): string {
  const { repository, last } = record;
  const complaint = complaintOf(record, now);
  const newest = last ? `${last.set}, ${clock(last.at)}` : complaint ? "" : "the first is to come";
  const words = [
    `${what} repository ${repository}`,
    [newest, complaint].filter(Boolean).join("; "),
  ];
  return complaint ? styleText("red", words.join(": ")) : words.join(": ");
}

/** The same of their keys. */
export function keysLine(complaint: string, stack: string): string {
  return styleText(
    "red",
    `keys of the backups: ${complaint}; type: npm run escrow -- --stack ${stack}`,
  );
}
