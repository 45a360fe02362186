import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { attachment, hardened, healthcheck } from "./container.ts";
import { hostCommand } from "./host-command.ts";
import type { HostEntry } from "./host-files.ts";
import type { Host } from "./host-script.ts";
import { type Passwords, validGenerations } from "./passwords.ts";
import { postgresParameters } from "./postgres-parameters.ts";

const uid = "999:999";
const groups = ["owner", "app", "backup", "readonly"] as const;
export type Group = (typeof groups)[number];

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
  /** Server parameters; they win over those that follow from the memory limit. */
  parameters: Record<string, string>;
  /** One more than before makes new logins; those of the generation before go on working. */
  passwordGeneration: number;
  passwords: Passwords;
  /** How long a migration may wait for a lock. */
  lockSeconds: number;
  /** How long a single statement of a migration may take. */
  statementSeconds: number;
}

/**
 * One Postgres server with data checksums, which reads `postgresFiles` from the host, on a volume that outlives the
 * stack. An image of another major version than the data is refused before the server stops. The group roles `owner`,
 * `app`, `backup` and `readonly` own the schema, use it, dump all of it and read it; logins are members of them, one of
 * each for each password generation.
 */
export class Postgres extends pulumi.ComponentResource {
  /** Those of the newest logins. */
  readonly passwords: Record<Group, pulumi.Output<string>>;
  /** Docker's id. */
  readonly container: pulumi.Output<string>;
  /** The container, for what comes after its start and need not wait for the roles. */
  readonly server: pulumi.Resource;

  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:Postgres", name, {}, opts);
    const { host, stack, passwords, passwordGeneration: generation } = args;
    const password = (group: Group, of: number) => passwords(`postgres ${group} ${of}`);
    const logins = validGenerations(generation).flatMap((each) =>
      groups.map(
        (group) => pulumi.interpolate`${group} ${group}_g${each} ${password(group, each)}`,
      ),
    );
    const superuser = passwords("postgres superuser");

    // Before the volume, and so before the server: on a first deploy there is nothing to look into.
    const checked = hostCommand(
      `${name}-checked`,
      { host, script: "check-postgres", variables: { STACK: stack, IMAGE: args.image } },
      { parent: this },
    );
    const data = new docker.Volume(
      `${name}-data`,
      { name: `slipway-${stack}-postgres` },
      { parent: this, retainOnDelete: true, dependsOn: [checked] },
    );
    const server = new docker.Container(
      `${name}-server`,
      {
        ...hardened({ stack, role: "postgres", name: "postgres" }, args),
        name: `slipway-${stack}-postgres`,
        image: args.image,
        user: uid,
        command: ["postgres", ...serverFlags(args)],
        envs: [
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
        ],
        tmpfs: {
          "/tmp": "rw,noexec,nosuid,nodev,size=64m",
          "/var/run/postgresql": "rw,nosuid,nodev,uid=999,gid=999,mode=0755,size=1m",
        },
        shmSize: 128,
        healthcheck: healthcheck(
          ["CMD", "pg_isready", "--host=127.0.0.1", "--username=postgres"],
          "5s",
        ),
        // SIGINT is Postgres' fast shutdown; a kill in the middle of it would mean crash recovery.
        stopSignal: "SIGINT",
        stopTimeout: 120,
        destroyGraceSeconds: 120,
      },
      { parent: this, deleteBeforeReplace: true },
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
          LOGINS: pulumi.all(logins).apply((lines) => lines.join("\n")),
        },
      },
      { parent: this },
    );

    const newest = groups.map((group) => [group, password(group, generation)]);
    this.passwords = Object.fromEntries(newest) as typeof this.passwords;
    this.container = server.id;
    this.server = server;
    this.registerOutputs({ container: this.container });
  }
}

/** What the server reads from the environment's directory. */
export function postgresFiles(passwords: Passwords): HostEntry[] {
  const content = passwords("postgres superuser");
  return [
    { kind: "directory", path: "postgres", mode: "0500", owner: uid },
    { kind: "file", path: "postgres/password", mode: "0400", owner: uid, content },
  ];
}

function serverFlags({ memoryMegabytes, parameters }: PostgresArgs): string[] {
  const settings = postgresParameters(memoryMegabytes, parameters);
  return Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
}
