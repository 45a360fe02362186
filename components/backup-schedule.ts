import type * as pulumi from "@pulumi/pulumi";
import { hostCommand } from "./host-command.ts";
import { type Host, hostScript } from "./host-script.ts";

export const weekdays = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;
export type Weekday = (typeof weekdays)[number];

export interface BackupScheduleArgs {
  host: Host;
  stack: string;
  /** Time of day in UTC, `HH:MM`. */
  at: string;
  /** When a full backup is taken; on other days it is what changed since. */
  fullOn: Weekday;
  /** Numbers of the repositories that are written to. */
  repositories: number[];
}

/** What scripts/host/take-backup.sh reads, beside `TYPE`. */
export function backupVariables({
  stack,
  fullOn,
  repositories,
}: Omit<BackupScheduleArgs, "host" | "at">) {
  return {
    STACK: stack,
    REPOSITORIES: repositories.join(" "),
    FULL_ON: String(weekdays.indexOf(fullOn) + 1),
  };
}

/** The host saves the stack's data each day by itself; a run that is due while it is off is made up for. */
export function backupSchedule(
  name: string,
  args: BackupScheduleArgs,
  opts?: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const { host, at } = args;
  const job = hostScript("take-backup", host, { ...backupVariables(args), TYPE: "" });
  const variables = { ...backupVariables(args), AT: at, JOB: Buffer.from(job).toString("base64") };
  return hostCommand(
    name,
    { host, script: "schedule-backups", variables, removes: true, shows: true },
    opts,
  );
}
