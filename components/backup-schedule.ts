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
  /** Of the keys of the repositories. */
  fingerprint: pulumi.Input<string>;
  /** Numbers of the repositories that are written to. */
  repositories: number[];
  retentionDays: number;
  /** Whether each is restored and proved. */
  proves: boolean;
  /** Names of the application's volumes. */
  volumes: string[];
  /** Name of the edge that the stack has itself, if it has one. */
  ownEdge?: string | undefined;
  saves: OwnDatabase | ManagedDatabase;
}

/** The stack's own Postgres. */
export interface OwnDatabase {
  database: string;
  redis: "own" | "managed" | "none";
  /** How long the services of the release that serves may take until they are ready on what was restored. */
  readySeconds: number;
}

/** Somebody else's, as `managedPostgresFiles` say. */
export interface ManagedDatabase {
  /** Of Postgres, with restic. */
  image: string;
}

/**
 * The host saves the stack's data each day by itself, and proves that it can be restored; a run that is due while it is
 * off is made up for.
 */
export function backupSchedule(
  name: string,
  args: BackupScheduleArgs,
  opts?: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const { host, at } = args;
  const job = hostScript(jobOf(args), host, jobVariables(args));
  const variables = {
    ...jobVariables(args),
    AT: at,
    FINGERPRINT: args.fingerprint,
    JOB: Buffer.from(job).toString("base64"),
  };
  return hostCommand(
    name,
    { host, script: "schedule-backups", variables, removes: true, shows: true },
    opts,
  );
}

/** In scripts/host. */
function jobOf({ saves }: BackupScheduleArgs): string {
  return "image" in saves ? "take-dump" : "take-backup";
}

/** What it reads. */
function jobVariables({ saves, ...args }: BackupScheduleArgs) {
  return {
    STACK: args.stack,
    REPOSITORIES: args.repositories.join(" "),
    FULL_ON: String(weekdays.indexOf(args.fullOn) + 1),
    RETENTION_DAYS: String(args.retentionDays),
    VOLUMES: args.volumes.join(" "),
    OWN_EDGE: args.ownEdge ?? "",
    PROVES: args.proves ? "yes" : "",
    ...("image" in saves
      ? { IMAGE: saves.image }
      : {
          DATABASE: saves.database,
          REDIS: saves.redis,
          READY_SECONDS: String(saves.readySeconds),
        }),
  };
}
