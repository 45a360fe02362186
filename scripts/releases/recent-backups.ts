import { styleText } from "node:util";
import { type BackupRecord, backupsOf, complaintOf } from "../../infra/history/backups.ts";
import { parseJournal } from "../../infra/history/journal.ts";
import type { RunningContainer } from "../containers.ts";
import type { DeployedEnvironment } from "../environment.ts";
import { lookInto } from "../host-directory.ts";
import { clock } from "./releases-table.ts";

/** Of two months of daily ones. */
const lines = 200;

/** What the journal says of the backups of each repository. */
export async function recentBackups(
  environment: DeployedEnvironment,
  containers: RunningContainer[],
): Promise<BackupRecord[]> {
  const directory = `${environment.directory}/${environment.stack}`;
  const look = `grep '"event":"backup' /host/journal/log 2>/dev/null | tail -n ${lines}`;
  const said = await lookInto(directory, environment, containers, ["sh", "-c", look]);
  return backupsOf(parseJournal(said ?? ""), environment.repositories.map(String));
}

/** As `npm run status` shows it: red when something is wrong with it. */
export function backupLine(record: BackupRecord, now = new Date()): string {
  const { repository, last } = record;
  const complaint = complaintOf(record, now);
  const newest = last ? `${last.set}, ${clock(last.at)}` : "";
  const words = [
    `backup in repository ${repository}`,
    [newest, complaint].filter(Boolean).join("; "),
  ];
  return complaint ? styleText("red", words.join(": ")) : words.join(": ");
}
