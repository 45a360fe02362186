import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "./application-container.ts";
import { hostCommand } from "./host-command.ts";
import type { Host } from "./host-script.ts";
import { type MaintenancePageArgs, maintenancePage } from "./maintenance-page.ts";

export interface MigrationArgs {
  host: Host;
  environment: Environment;
  release: string;
  image: string;
  /** Numeric `user:group`. */
  user: string;
  command: string[];
  /** Prints the migrations that the database lacks, a line each; ends with 3 where the database is newer. */
  pending: string[];
  /** What the image's migrations end with, a line each; empty where that is not known. */
  heads: pulumi.Input<string>;
  settings: Record<string, string>;
  memoryMegabytes: number;
  /** How long each of restore point, rehearsal and migration may take. */
  timeoutSeconds: number;
  /** Name of the database in the stack's own Postgres; absent when that is somebody else's. */
  database?: string | undefined;
  redis: "own" | "managed" | "none";
  /** Whether all that is written there is archived, so that there can be a restore point. */
  archives: boolean;
  /** `declared`: nothing serves while the migration runs, and the old code need not live with the new schema. */
  downtime: "none" | "declared";
  /** How long the services of the release that serves may take until they are ready on the migrated copy. */
  readySeconds: number;
  /** How long the containers of the release that serves may take to stop, all in all. */
  stopSeconds: number;
  /** What stands before the stack's host names meanwhile. */
  page: Omit<MaintenancePageArgs, "stack">;
}

/**
 * Brings the database to the schema that a release needs, if it lacks anything, before any of the release starts: with a
 * restore point that was proved, and rehearsed on a copy with the code that serves. Shows how long each of it took.
 */
export function migration(
  name: string,
  args: MigrationArgs,
  opts?: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const { host, environment, release } = args;
  return hostCommand(
    name,
    {
      host,
      script: "run-migration",
      timeoutSeconds: 3 * args.timeoutSeconds + args.readySeconds + args.stopSeconds + 420,
      variables: {
        STACK: environment.stack,
        RELEASE: release,
        IMAGE: args.image,
        RUN_AS: args.user,
        DIRECTORY: `${environment.stack}/releases/${release}`,
        DATA_NETWORK: environment.dataNetwork,
        EDGE_NETWORK: environment.edgeNetwork,
        SECRETS_AS: environment.secretsAs,
        MEMORY: `${args.memoryMegabytes}m`,
        TIMEOUT: String(args.timeoutSeconds),
        SETTINGS: encodedLines(Object.entries(args.settings).map((each) => each.join("="))),
        COMMAND: encodedLines(args.command),
        PENDING: encodedLines(args.pending),
        HEADS: args.heads,
        DATABASE: args.database ?? "",
        REDIS: args.redis,
        ARCHIVES: args.archives ? "yes" : "",
        DOWNTIME: args.downtime,
        READY_SECONDS: String(args.readySeconds),
        ...maintenancePage({ ...args.page, stack: environment.stack }),
      },
      shows: true,
      survives: true,
    },
    opts,
  );
}

export interface MigrationHeadsArgs
  extends Pick<MigrationArgs, "host" | "image" | "user" | "memoryMegabytes"> {
  stack: string;
  /** Prints them as `alembic heads` does. */
  command: string[];
}

/** What the migrations of an image end with, as `MigrationArgs.heads`: asked once for an image. */
export function migrationHeads(
  name: string,
  { host, stack, image, user, memoryMegabytes, command }: MigrationHeadsArgs,
  opts?: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const variables = {
    ...{ STACK: stack, IMAGE: image, RUN_AS: user, MEMORY: `${memoryMegabytes}m` },
    COMMAND: encodedLines(command),
  };
  return pulumi.unsecret(
    hostCommand(name, { host, script: "migration-heads", variables }, opts).stdout,
  );
}

/** A word or a setting may have lines of its own. */
function encodedLines(texts: string[]): string {
  return texts.map((text) => Buffer.from(text).toString("base64")).join("\n");
}
