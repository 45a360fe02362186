import { basename } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { backupSchedule } from "../components/backup-schedule.ts";
import type { HostEntry } from "../components/host-files.ts";
import { repositoryFingerprint } from "../components/repository-fingerprint.ts";
import type { DataParts } from "./data.ts";
import { filesOfRepositories, savedFiles } from "./environment-files.ts";
import type { HostParts } from "./host.ts";
import { readySeconds } from "./migration.ts";
import type { Settings } from "./settings.ts";

/** Numbers of the repositories that Postgres is saved in; none, where it is not the stack's own or nothing is saved. */
export function repositoriesOf({ postgres, backups }: Settings): number[] {
  if (postgres.mode !== "own" || !backups.enabled) return [];
  return backups.offsite.mode === "none" ? [1] : [1, 2];
}

export function declareBackups(
  settings: Settings,
  { host, files, passwords }: HostParts,
  data: DataParts,
): pulumi.Resource[] {
  const { stack, backups, postgres, redis } = settings;
  const repositories = repositoriesOf(settings);
  if (postgres.mode !== "own" || repositories.length === 0) return [];
  const { at, fullOn, retentionDays, prove: proves } = backups;
  const { database } = postgres;
  return [
    backupSchedule(
      "backups",
      {
        ...{ host, stack, at, fullOn, repositories, retentionDays, proves, database },
        ...savedFiles(settings),
        fingerprint: fingerprintOf(filesOfRepositories(settings, passwords)),
        ...{ redis: redis.mode, readySeconds: readySeconds(settings) },
      },
      { dependsOn: [files, ...data.servers] },
    ),
  ];
}

/** It tells nothing of what it was made of. */
function fingerprintOf(entries: HostEntry[]): pulumi.Output<string> {
  const files = entries.flatMap((each) =>
    each.kind === "file" ? [{ name: basename(each.path), content: each.content }] : [],
  );
  return pulumi.unsecret(pulumi.all(files).apply(repositoryFingerprint));
}
