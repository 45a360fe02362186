import {
  type BackupRecord,
  backupsOf,
  complaintOf,
  escrowComplaint,
  proofEvents,
} from "../../../infra/history/backups.ts";
import { localStack } from "../../workspace.ts";
import type { Evidence } from "../evidence.ts";
import type { Check, Finding } from "../finding.ts";

/** Whether the database is saved, and can be restored: what there should be and is not says as much as what failed. */
export const backups: Check = {
  kind: "backup",
  duringDeploy: true,
  find: (evidence) => backupFindings(evidence, new Date()),
};

export function backupFindings(
  { environment: { stack }, deployed, host }: Evidence,
  now: Date,
): Finding[] {
  const job = deployed.scripts.get("backups");
  const repositories = job?.REPOSITORIES?.split(" ") ?? [];
  if (repositories.length === 0) return [];
  const found = (what: string, expected: string, complaint: string | undefined, type: string) =>
    complaint ? [{ severity: "drift" as const, what, expected, found: complaint, type }] : [];
  const one = (record: BackupRecord) =>
    found(
      `backup in repository ${record.repository}`,
      "one of the last day that can be read back",
      complaintOf(record, now),
      `npm run backup -- --stack ${stack}`,
    );
  const oneProof = (record: BackupRecord) =>
    found(
      `proof of the backups in repository ${record.repository}`,
      "the newest one of the last day restored",
      complaintOf(record, now),
      `npm run drill -- --to newest --repository ${record.repository} --stack ${stack}`,
    );
  return [
    ...found(
      "what runs backups",
      "a timer of systemd, or a line for cron",
      host.backupRunner ? undefined : "nothing does",
      `npm run audit -- --redo --stack ${stack}, and on a server npm run prepare-host`,
    ).map((finding) => ({ ...finding, redo: ["backups"] })),
    ...backupsOf(host.backups, repositories).flatMap(one),
    ...(job?.PROVES ? backupsOf(host.backups, repositories, proofEvents).flatMap(oneProof) : []),
    ...(stack === localStack ? [] : keyFindings(escrowComplaint(host.backups), stack)),
  ];
}

/** Nobody changed anything, and it will be missed. */
function keyFindings(complaint: string | undefined, stack: string): Finding[] {
  if (!complaint) return [];
  const what = "keys of the backups";
  const expected = "a copy outside of the server";
  const type = `npm run escrow -- --stack ${stack}`;
  return [{ severity: "warning", what, expected, found: complaint, type }];
}
