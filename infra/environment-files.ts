import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { filesRepositories, repositoryFiles } from "../components/backup-repository.ts";
import { environmentFiles } from "../components/environment-files.ts";
import { engineDirectory, type HostEntry } from "../components/host-files.ts";
import type { Host } from "../components/host-script.ts";
import { managedPostgresFiles } from "../components/managed-postgres.ts";
import type { Passwords } from "../components/passwords.ts";
import { postgresFiles, postgresUser } from "../components/postgres.ts";
import { redisFiles } from "../components/redis.ts";
import type { Settings } from "./settings.ts";

/** Names of the application's volumes. */
export function appVolumes({ app, stack }: Settings): string[] {
  return Object.keys(app.volumes).map((name) => `slipway-${stack}-${name}`);
}

/** What is saved beside the database. */
export function savedFiles(settings: Settings) {
  const { edge } = settings;
  return {
    volumes: appVolumes(settings),
    ownEdge: edge.mode === "own" ? edge.name : undefined,
  };
}

/** With which passwords a release logs in: a line for each server that makes them, "SERVER GENERATION". */
export function passwordGenerations({ postgres, redis }: Settings): string {
  return Object.entries({ postgres, redis })
    .flatMap(([name, server]) =>
      server.mode === "own" ? `${name} ${server.passwordGeneration}` : [],
    )
    .join("\n");
}

interface Place {
  host: Host;
  provider: docker.Provider;
  images: pulumi.Resource;
  passwords: Passwords;
}

/** What is read of the repositories that Postgres is saved in; nothing, where it is not saved. */
export function filesOfRepositories(
  { postgres, backups }: Settings,
  passwords: Passwords,
): HostEntry[] {
  if (postgres.mode === "none" || !backups.enabled) return [];
  const { offsite: given, ...others } = backups;
  const offsite = given.mode === "none" ? undefined : given;
  return postgres.mode === "own"
    ? repositoryFiles({ ...others, offsite }, passwords, postgresUser)
    : filesRepositories(offsite, passwords, postgresUser);
}

/** All that lies on the host before a container starts, in one step: each one would run a container of its own. */
export function declareEnvironmentFiles(
  settings: Settings,
  { host, provider, images, passwords }: Place,
): pulumi.Resource {
  const { stack, app, beat, postgres, backups, redis } = settings;
  const volumes = appVolumes(settings).map(
    (name) => new docker.Volume(name, { name }, { provider, retainOnDelete: true }),
  );
  return environmentFiles(
    "environment-files",
    {
      host,
      stack,
      files: [
        { kind: "directory", path: ".", mode: "0755", owner: "0:0" },
        engineDirectory("live"),
        engineDirectory("journal"),
        { kind: "log", path: "journal/log", mode: "0664", owner: "0:engine" },
        engineDirectory("backups"),
        { kind: "directory", path: "beat", mode: "0700", owner: beat.user ?? app.user },
        ...(postgres.mode === "own" ? postgresFiles(passwords) : []),
        ...(postgres.mode === "managed" && backups.enabled ? managedPostgresFiles(postgres) : []),
        ...filesOfRepositories(settings, passwords),
        ...(redis.mode === "own" ? redisFiles(passwords, redis.passwordGeneration) : []),
      ],
      volumes: volumes.map((each) => each.name),
      owner: app.user,
      edge: settings.edge.mode === "own" ? settings.edge.name : undefined,
      generations: passwordGenerations(settings),
    },
    { dependsOn: [images] },
  );
}
