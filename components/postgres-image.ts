import { createHash } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import { hostCommand } from "./host-command.ts";
import type { Host } from "./host-script.ts";

const recipe = [
  "ARG BASE",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Docker's own variable
  "FROM ${BASE}",
  "USER 0:0",
  "RUN apt-get update && apt-get install -y --no-install-recommends pgbackrest restic openssh-client && rm -rf /var/lib/apt/lists/*",
].join("\n");

export interface PostgresImageArgs {
  host: Host;
  stack: string;
  /** The image as the host calls it. */
  base: string;
}

/**
 * The image of a Postgres server with pgBackRest and restic in it, made on the host of one of Debian: from the packages that the
 * image itself has its Postgres from. One that has it already is taken as it is.
 */
export function postgresImage(
  name: string,
  { host, stack, base }: PostgresImageArgs,
  opts?: pulumi.CustomResourceOptions,
): { reference: string; made: pulumi.Resource } {
  const hash = createHash("sha256").update(`${base}\n${recipe}`).digest("hex").slice(0, 12);
  const reference = `slipway-postgres:${hash}`;
  const variables = { STACK: stack, BASE: base, IMAGE: reference, RECIPE: recipe };
  const made = hostCommand(
    name,
    { host, script: "postgres-image", variables, timeoutSeconds: 900 },
    opts,
  );
  return { reference, made };
}
