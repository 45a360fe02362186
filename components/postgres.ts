import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { configurationPath, repositoryPath } from "./backup-repository.ts";
import { attachment, hardened, healthcheck } from "./container.ts";
import { hostCommand } from "./host-command.ts";
import type { HostEntry } from "./host-files.ts";
import type { Host } from "./host-script.ts";
import { type Passwords, validGenerations } from "./passwords.ts";
import { postgresImage } from "./postgres-image.ts";

/** Numeric `user:group` of the server. */
export const postgresUser = "999:999";

export interface PostgresArgs {
  host: Host;
  stack: string;
  image: string;
  /** Name of the network on which it answers as `postgres`. */
  network: string;
  database: string;
  memoryMegabytes: number;
  cpus?: number | undefined;
  maxProcesses: number;
  /** Server parameters, beside those that follow from the memory limit. */
  parameters: Record<string, string>;
  /** One more than before makes new logins; those of the generation before go on working. */
  passwordGeneration: number;
  passwords: Passwords;
  /** Whether all that is written is archived at once, in what `repositoryFiles` describe. */
  archives: boolean;
  /** How long a migration may wait for a lock. */
  lockSeconds: number;
  /** How long a single statement of a migration may take. */
  statementSeconds: number;
}

/**
 * One Postgres server with data checksums, which reads `postgresFiles` from the host, on a volume that outlives the
 * stack. The group roles `owner` and `app` own the schema and use it; logins are members of them, a pair for each
 * password generation.
 */
export class Postgres extends pulumi.ComponentResource {
  readonly ownerPassword: pulumi.Output<string>;
  readonly appPassword: pulumi.Output<string>;
  /** Docker's id. */
  readonly container: pulumi.Output<string>;
  /** The container, for what comes after its start and need not wait for the roles. */
  readonly server: pulumi.Resource;

  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:Postgres", name, {}, opts);
    const { host, stack, passwords, passwordGeneration: generation } = args;
    const logins = validGenerations(generation).map((each) => ({
      generation: each,
      owner: passwords(`postgres owner ${each}`),
      app: passwords(`postgres app ${each}`),
    }));
    const superuser = passwords("postgres superuser");

    const data = new docker.Volume(
      `${name}-data`,
      { name: `slipway-${stack}-postgres` },
      { parent: this, retainOnDelete: true },
    );
    const saved = args.archives ? archive(name, args, { parent: this }) : undefined;
    const server = new docker.Container(
      `${name}-server`,
      {
        ...hardened({ stack, role: "postgres", name: "postgres" }, args),
        name: `slipway-${stack}-postgres`,
        image: saved?.image ?? args.image,
        user: postgresUser,
        command: ["postgres", ...serverFlags(args, saved?.parameters)],
        envs: [
          ...(saved?.envs ?? []),
          "POSTGRES_PASSWORD_FILE=/run/secrets/password",
          "POSTGRES_INITDB_ARGS=--data-checksums",
          "PGDATA=/var/lib/postgresql/data",
        ],
        networksAdvanced: [attachment(args.network, "postgres")],
        volumes: [
          { volumeName: data.name, containerPath: "/var/lib/postgresql/data" },
          {
            hostPath: `${host.directory}/${stack}/postgres`,
            containerPath: "/run/secrets",
            readOnly: true,
          },
          ...(saved?.volumes ?? []),
        ],
        tmpfs: {
          "/tmp": "rw,noexec,nosuid,nodev,size=64m",
          "/var/run/postgresql": "rw,nosuid,nodev,uid=999,gid=999,mode=0755,size=1m",
        },
        shmSize: 128,
        healthcheck: healthcheck(["CMD-SHELL", answersAndArchives], "5s"),
        // SIGINT is Postgres' fast shutdown; a kill in the middle of it would mean crash recovery.
        stopSignal: "SIGINT",
        stopTimeout: 120,
        destroyGraceSeconds: 120,
      },
      { parent: this, deleteBeforeReplace: true, dependsOn: saved?.made ?? [] },
    );
    hostCommand(
      `${name}-roles`,
      {
        host,
        script: "postgres-roles",
        variables: {
          CONTAINER: server.id,
          DATABASE: args.database,
          SUPERUSER_PASSWORD: superuser,
          LOCK_SECONDS: String(args.lockSeconds),
          STATEMENT_SECONDS: String(args.statementSeconds),
          LOGINS: pulumi
            .all(logins)
            .apply((all) =>
              all
                .flatMap((each) => [
                  `owner owner_g${each.generation} ${each.owner}`,
                  `app app_g${each.generation} ${each.app}`,
                ])
                .join("\n"),
            ),
        },
      },
      { parent: this },
    );
    const current = logins.at(-1) as (typeof logins)[number];
    this.ownerPassword = current.owner;
    this.appPassword = current.app;
    this.container = server.id;
    this.server = server;
    this.registerOutputs({ container: this.container });
  }
}

/** What the server reads from the environment's directory. */
export function postgresFiles(passwords: Passwords): HostEntry[] {
  const content = passwords("postgres superuser");
  return [
    { kind: "directory", path: "postgres", mode: "0500", owner: postgresUser },
    { kind: "file", path: "postgres/password", mode: "0400", owner: postgresUser, content },
  ];
}

/**
 * The process that heeds archive_timeout works out how long it sleeps while the server still recovers, and so sleeps for
 * the whole checkpoint_timeout after each start: once the server answers it is woken by having its configuration read.
 */
const answersAndArchives = [
  "pg_isready --quiet --host=127.0.0.1 --username=postgres",
  '{ [ -e /tmp/woken ] || { kill -HUP "$(head -n 1 "$PGDATA/postmaster.pid")" && : >/tmp/woken; }; }',
].join(" && ");

/** What a server gets by which everything that is written is archived. */
function archive(name: string, args: PostgresArgs, opts: pulumi.CustomResourceOptions) {
  const { host, stack, image: base } = args;
  const image = postgresImage(`${name}-image`, { host, stack, base }, opts);
  const repository = new docker.Volume(
    `${name}-backups`,
    { name: `slipway-${stack}-backups` },
    { ...opts, retainOnDelete: true },
  );
  return {
    image: image.reference,
    made: [image.made],
    parameters: {
      archive_mode: "on",
      archive_command: `sh ${configurationPath}/archive-wal.sh %p`,
      // So much may be lost with the volume.
      archive_timeout: "60s",
    },
    envs: ["PGBACKREST_PG1_PATH=/var/lib/postgresql/data"],
    volumes: [
      { volumeName: repository.name, containerPath: repositoryPath },
      {
        hostPath: `${host.directory}/${stack}/pgbackrest`,
        containerPath: configurationPath,
        readOnly: true,
      },
    ],
  };
}

function serverFlags(
  { memoryMegabytes, parameters }: PostgresArgs,
  archiving: Record<string, string> = {},
): string[] {
  const settings = {
    listen_addresses: "*",
    password_encryption: "scram-sha-256",
    shared_buffers: `${Math.floor(memoryMegabytes / 4)}MB`,
    effective_cache_size: `${Math.floor(memoryMegabytes / 2)}MB`,
    maintenance_work_mem: `${Math.max(16, Math.floor(memoryMegabytes / 16))}MB`,
    log_connections: "off",
    ...archiving,
    ...parameters,
  };
  return Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
}
