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
  /** Name of the edge that the stack has itself, if it has one. */
  edge?: string | undefined;
  /** Generation of the passwords of each server that has some: a line each, "SERVER GENERATION". */
  generations: string;
}

/**
 * What an environment has on its host before any container: directories, what the servers read, volumes that the
 * application may write. Refuses what would cut off somebody: other generations of passwords than the release that
 * serves has, another edge while other stacks share the one before. Its deletion says which volumes stay.
 */
export function environmentFiles(
  name: string,
  { host, stack, files, volumes, owner, edge, generations }: EnvironmentFilesArgs,
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
        OWN_EDGE: edge ?? "",
        GENERATIONS: generations,
      },
      removes: true,
      shows: true,
    },
    opts,
  );
}
