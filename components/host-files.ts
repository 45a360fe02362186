import * as pulumi from "@pulumi/pulumi";
import { hostCommand } from "./host-command.ts";
import type { Host } from "./host-script.ts";

export interface HostDirectory {
  kind: "directory";
  path: string;
  /** Octal mode, such as `0700`. */
  mode: string;
  /** Numeric `user:group`; the group `engine` is that of who may drive the Docker engine. */
  owner: string;
}

export interface HostFile extends Omit<HostDirectory, "kind"> {
  kind: "file";
  content: pulumi.Input<string>;
}

/** A file that others add to: it is made when it is not there, and left alone when it is. */
export interface HostLog extends Omit<HostDirectory, "kind"> {
  kind: "log";
}

export type HostEntry = HostDirectory | HostFile | HostLog;

/** Who may drive the engine writes there without a container's help. The set-group bit gives the group to what is new. */
export function engineDirectory(path: string): HostDirectory {
  return { kind: "directory", path, mode: "2775", owner: "0:engine" };
}

export interface HostFilesArgs {
  host: Host;
  /** Directory under the host's own that these files lie in. Goes when this is deleted, with all that is in it. */
  directory: string;
  /** Directories before what lies in them; paths are relative to `directory`. What else lies there stays. */
  files: HostEntry[];
  /** Whether `directory` may become another one; the one before goes at the end of that deploy. Defaults to false. */
  moves?: boolean;
  /** The release that the files belong to: with them goes whatever else is left of it. */
  release?: { stack: string; id: string };
}

/** Files on the host that belong to the users of containers; written whole, each by a rename. */
export function hostFiles(
  name: string,
  { host, directory, files, moves = false, release }: HostFilesArgs,
  opts?: pulumi.CustomResourceOptions,
): pulumi.Resource {
  return hostCommand(
    name,
    {
      host,
      script: release ? "release-files" : "write-files",
      variables: {
        ...(release ? { STACK: release.stack, RELEASE: release.id } : {}),
        DIRECTORY: directory,
        FILES: listEntries(files),
      },
      ...(moves ? { identity: [directory] } : {}),
      removes: true,
    },
    opts,
  );
}

/** A line for each, as scripts/host/files/put-files.sh reads them. */
export function listEntries(entries: HostEntry[]): pulumi.Output<string> {
  return pulumi.all(entries.map(line)).apply((lines) => lines.join("\n"));
}

function line(entry: HostEntry): pulumi.Output<string> {
  const { path, mode, owner } = entry;
  if (entry.kind !== "file") return pulumi.output(`${entry.kind[0]} ${path} ${mode} ${owner}`);
  return pulumi
    .output(entry.content)
    .apply((content) => `f ${path} ${mode} ${owner} ${Buffer.from(content).toString("base64")}`);
}
