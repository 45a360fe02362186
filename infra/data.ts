import * as pulumi from "@pulumi/pulumi";
import { type Group, Postgres } from "../components/postgres.ts";
import { Redis } from "../components/redis.ts";
import { offsiteNetwork } from "./environment.ts";
import { appVolumes, savedFiles } from "./environment-files.ts";
import type { HostParts } from "./host.ts";
import type { ProcessLimit } from "./process-limits.ts";
import type { Settings } from "./settings.ts";

/** The servers of data, as the application's settings and secrets refer to them. */
export interface DataParts {
  /** References that show something secret. */
  secret: Record<string, pulumi.Output<string>>;
  /** What has to be up before the application. */
  servers: pulumi.Resource[];
  /**
   * What takes longest until it can be used, and is waited for by the migration: what else there is to start starts
   * after it.
   */
  first: pulumi.Resource[];
  limits: ProcessLimit[];
  /** Names of the volumes that outlive the stack. */
  volumes: string[];
}

export function declareData(settings: Settings, parts: HostParts): DataParts {
  const postgres = declarePostgres(settings, parts);
  const redis = declareRedis(settings, parts, postgres.first);
  return {
    secret: { ...postgres.secret, ...redis.secret },
    first: postgres.first,
    servers: [...postgres.servers, ...redis.servers],
    limits: [...postgres.limits, ...redis.limits],
    volumes: [...postgres.volumes, ...redis.volumes, ...appVolumes(settings)],
  };
}

function declarePostgres(settings: Settings, parts: HostParts): DataParts {
  const { stack, postgres, backups, images, migration } = settings;
  if (postgres.mode === "none") return nothing;
  if (postgres.mode === "managed") {
    const app = new URL(postgres.url);
    const owner = new URL(postgres.ownerUrl ?? postgres.url);
    return {
      ...nothing,
      volumes: backups.enabled ? [`slipway-${stack}-backups`] : [],
      secret: {
        "postgres.url": pulumi.secret(postgres.url),
        "postgres.ownerUrl": pulumi.secret(postgres.ownerUrl ?? postgres.url),
        "postgres.password": pulumi.secret(decodeURIComponent(app.password)),
        "postgres.ownerPassword": pulumi.secret(decodeURIComponent(owner.password)),
      },
    };
  }
  const { host, environment, passwords, provider } = parts;
  const { database, passwordGeneration } = postgres;
  const server = new Postgres(
    "postgres",
    {
      ...{ ...postgres, host, stack, image: images.postgres as string },
      ...{ network: environment.dataNetwork, passwords, archives: backups.enabled },
      ...{ offsiteNetwork: offsiteNetwork(settings), emptyVolume: backups.emptyVolume },
      files: savedFiles(settings),
      ...{ lockSeconds: migration.lockSeconds, statementSeconds: migration.statementSeconds },
    },
    { providers: [provider], dependsOn: [parts.files, parts.networks] },
  );
  const urlOf = (group: Group) =>
    pulumi.interpolate`postgresql://${group}_g${passwordGeneration}:${server.passwords[group]}@postgres:5432/${database}`;
  return {
    secret: {
      "postgres.url": urlOf("app"),
      "postgres.ownerUrl": urlOf("owner"),
      "postgres.readOnlyUrl": urlOf("readonly"),
      "postgres.backupUrl": urlOf("backup"),
      "postgres.password": server.passwords.app,
      "postgres.ownerPassword": server.passwords.owner,
    },
    servers: [server],
    first: [server.server],
    limits: [{ container: server.container, maxProcesses: postgres.maxProcesses }],
    volumes: [
      `slipway-${stack}-postgres`,
      ...(backups.enabled ? [`slipway-${stack}-backups`] : []),
    ],
  };
}

function declareRedis(
  { stack, redis, images }: Settings,
  parts: HostParts,
  after: pulumi.Resource[],
): DataParts {
  if (redis.mode === "none") return nothing;
  if (redis.mode === "managed") {
    const url = new URL(redis.url);
    return {
      ...nothing,
      secret: {
        "redis.url": pulumi.secret(redis.url),
        "redis.password": pulumi.secret(decodeURIComponent(url.password)),
      },
    };
  }
  const { host, environment, passwords, provider } = parts;
  const server = new Redis(
    "redis",
    {
      ...{ ...redis, host, stack, image: images.redis as string },
      ...{ network: environment.dataNetwork, passwords },
    },
    { providers: [provider], dependsOn: [parts.files, parts.networks, ...after] },
  );
  return {
    secret: {
      "redis.url": pulumi.interpolate`redis://app:${server.password}@redis:6379/0`,
      "redis.password": server.password,
    },
    servers: [server],
    first: [],
    limits: [{ container: server.container, maxProcesses: redis.maxProcesses }],
    volumes: [`slipway-${stack}-redis`],
  };
}

const nothing: DataParts = {
  ...{ secret: {}, servers: [], first: [], limits: [], volumes: [] },
};
