import * as pulumi from "@pulumi/pulumi";
import { hostCommand } from "./host-command.ts";
import { type HostEntry, listEntries } from "./host-files.ts";
import type { Host } from "./host-script.ts";

export interface EnvironmentFilesArgs {
  host: Host;
  stack: string;
  /** Paths are relative to the environment's directory, which is called as the stack. */
  files: HostEntry[];
  /** The application's volumes. */
  volumes: pulumi.Input<string>[];
  /** Numeric `user:group` that the top directory of each volume is given to. */
  owner: string;
  /** Generation of the passwords of each server that has some. */
  generations: { postgres?: number; redis?: number };
}

/**
 * What an environment has on its host before any container: directories, what the servers read, volumes that the
 * application may write. Refuses generations of passwords that would cut off the release that serves. Its deletion says
 * which volumes stay.
 */
export function environmentFiles(
  name: string,
  { host, stack, files, volumes, owner, generations }: EnvironmentFilesArgs,
  opts?: pulumi.CustomResourceOptions,
): pulumi.Resource {
  return hostCommand(
    name,
    {
      host,
      script: "environment-files",
      variables: {
        STACK: stack,
        DIRECTORY: stack,
        FILES: listEntries(files),
        VOLUMES: pulumi.all(volumes).apply((names) => names.join(" ")),
        OWNER: owner,
        GENERATIONS: listGenerations(generations),
      },
      removes: true,
      shows: true,
    },
    opts,
  );
}

/** A line for each server, "SERVER GENERATION". */
export function listGenerations(generations: EnvironmentFilesArgs["generations"]): string {
  return Object.entries(generations)
    .map(([server, generation]) => `${server} ${generation}`)
    .join("\n");
}
