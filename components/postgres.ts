import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { configurationPath, repositoryPath } from "./backup-repository.ts";
import { attachment, hardened, healthcheck } from "./container.ts";
import { hostCommand } from "./host-command.ts";
import type { HostEntry } from "./host-files.ts";
import type { Host } from "./host-script.ts";
import { type Passwords, validGenerations } from "./passwords.ts";
import { postgresImage } from "./postgres-image.ts";
import { postgresParameters } from "./postgres-parameters.ts";

/** Numeric `user:group` of the server. */
export const postgresUser = "999:999";
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
  /** Whether all that is written is archived at once, in what `repositoryFiles` describe. */
  archives: boolean;
  /** Name of the network by which a repository elsewhere is reached, if there is one. */
  offsiteNetwork?: string | undefined;
  /** What becomes of a data volume that is empty while a repository has backups. */
  emptyVolume: "refuse" | "restore" | "begin";
  /** What comes back with the data: the application's volumes, by name, and the certificates of the stack's own edge. */
  files: { volumes: string[]; ownEdge?: string | undefined };
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
    const saved = args.archives ? archive(name, args, data, { parent: this }) : undefined;
    const server = new docker.Container(
      `${name}-server`,
      {
        ...hardened({ stack, role: "postgres", name: "postgres" }, args),
        name: `slipway-${stack}-postgres`,
        image: saved?.image ?? args.image,
        user: postgresUser,
        ...(saved ? { entrypoints: ["sh", "-euc", waitsForData, "start"] } : {}),
        command: ["postgres", ...serverFlags(args, saved?.parameters)],
        envs: [
          ...(saved?.envs ?? []),
          "POSTGRES_PASSWORD_FILE=/run/secrets/password",
          "POSTGRES_INITDB_ARGS=--data-checksums",
          "PGDATA=/var/lib/postgresql/data",
        ],
        networksAdvanced: [
          attachment(args.network, "postgres"),
          ...(args.offsiteNetwork ? [attachment(args.offsiteNetwork)] : []),
        ],
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
          STACK: stack,
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

/**
 * A volume that was made anew would otherwise become a new database without a word. A server that archives nothing is
 * a throw-away one.
 */
const waitsForData = [
  'case " $* " in *" archive_mode=off "*) ;; *)',
  '[ -s "$PGDATA/PG_VERSION" ] || rm "$PGDATA/begin" 2>/dev/null || {',
  'echo "slipway: the data volume is empty, and nobody said to begin anew" >&2; exit 1; };;',
  'esac; exec docker-entrypoint.sh "$@"',
].join(" ");

/** What a server gets by which everything that is written is archived. */
function archive(
  name: string,
  args: PostgresArgs,
  data: docker.Volume,
  opts: pulumi.CustomResourceOptions,
) {
  const { host, stack, image: base } = args;
  const image = postgresImage(`${name}-image`, { host, stack, base }, opts);
  const repository = new docker.Volume(
    `${name}-backups`,
    { name: `slipway-${stack}-backups` },
    { ...opts, retainOnDelete: true },
  );
  const prepared = hostCommand(
    `${name}-require-data`,
    {
      host,
      script: "require-data",
      variables: {
        STACK: stack,
        IMAGE: image.reference,
        REPOSITORIES: args.offsiteNetwork ? "1 2" : "1",
        EMPTY_VOLUME: args.emptyVolume,
        VOLUMES: args.files.volumes.join(" "),
        OWN_EDGE: args.files.ownEdge ?? "",
      },
      // A database may have to come from far away.
      timeoutSeconds: 14_400,
      shows: true,
      survives: true,
    },
    { ...opts, dependsOn: [image.made, data, repository] },
  );
  return {
    image: image.reference,
    made: [prepared],
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
  const settings = postgresParameters(memoryMegabytes, { ...archiving, ...parameters });
  return Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
}
