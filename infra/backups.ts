import { basename } from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import {
  backupSchedule,
  type ManagedDatabase,
  type OwnDatabase,
} from "../components/backup-schedule.ts";
import type { HostEntry } from "../components/host-files.ts";
import { postgresImage } from "../components/postgres-image.ts";
import { repositoryFingerprint } from "../components/repository-fingerprint.ts";
import type { DataParts } from "./data.ts";
import { filesOfRepositories, savedFiles } from "./environment-files.ts";
import type { HostParts } from "./host.ts";
import { readySeconds } from "./migration.ts";
import type { Settings } from "./settings.ts";

/** Numbers of the repositories that Postgres is saved in; none, where there is none or nothing is saved. */
export function repositoriesOf({ postgres, backups }: Settings): number[] {
  if (postgres.mode === "none" || !backups.enabled) return [];
  return backups.offsite.mode === "none" ? [1] : [1, 2];
}

export function declareBackups(
  settings: Settings,
  parts: HostParts,
  data: DataParts,
): pulumi.Resource[] {
  const { host, files, networks, passwords } = parts;
  const { stack, backups } = settings;
  const repositories = repositoriesOf(settings);
  if (repositories.length === 0) return [];
  const { at, fullOn, retentionDays, prove: proves } = backups;
  const { saves, after } = savedDatabase(settings, parts);
  return [
    backupSchedule(
      "backups",
      {
        ...{ host, stack, at, fullOn, repositories, retentionDays, proves, saves },
        ...savedFiles(settings),
        fingerprint: fingerprintOf(filesOfRepositories(settings, passwords)),
      },
      { dependsOn: [files, networks, ...after, ...data.servers] },
    ),
  ];
}

/** What is saved, and what has to be there for it beside the servers. */
function savedDatabase(
  settings: Settings,
  { host, provider, images: made }: HostParts,
): { saves: OwnDatabase | ManagedDatabase; after: pulumi.Resource[] } {
  const { stack, postgres, redis, images } = settings;
  if (postgres.mode === "own") {
    const { database } = postgres;
    const saves = { database, redis: redis.mode, readySeconds: readySeconds(settings) };
    return { saves, after: [] };
  }
  const image = postgresImage(
    "backups-image",
    { host, stack, base: images.postgres as string },
    { dependsOn: [made] },
  );
  const repository = new docker.Volume(
    "backups-repository",
    { name: `slipway-${stack}-backups` },
    { provider, retainOnDelete: true },
  );
  return { saves: { image: image.reference }, after: [image.made, repository] };
}

/** It tells nothing of what it was made of. */
function fingerprintOf(entries: HostEntry[]): pulumi.Output<string> {
  const files = entries.flatMap((each) =>
    each.kind === "file" ? [{ name: basename(each.path), content: each.content }] : [],
  );
  return pulumi.unsecret(pulumi.all(files).apply(repositoryFingerprint));
}
