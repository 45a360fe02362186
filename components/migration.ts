import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "./application-container.ts";
import { hostCommand } from "./host-command.ts";
import type { Host } from "./host-script.ts";

export interface MigrationArgs {
  host: Host;
  environment: Environment;
  release: string;
  image: string;
  /** Numeric `user:group`. */
  user: string;
  command: string[];
  settings: Record<string, string>;
  memoryMegabytes: number;
  timeoutSeconds: number;
}

/** Brings the database to the schema that a release needs: one container, once, before any of the release starts. */
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
      timeoutSeconds: args.timeoutSeconds + 30,
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
      },
    },
    opts,
  );
}

/** A word or a setting may have lines of its own. */
function encodedLines(texts: string[]): string {
  return texts.map((text) => Buffer.from(text).toString("base64")).join("\n");
}
