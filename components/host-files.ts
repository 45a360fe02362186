import * as pulumi from "@pulumi/pulumi";
import { HostCommand } from "./host-command.ts";
import type { Host } from "./host-script.ts";

export interface HostDirectory {
  kind: "directory";
  path: string;
  /** Octal mode, such as `0700`. */
  mode: string;
  /** Numeric `user:group`. */
  owner: string;
}

export interface HostFile extends Omit<HostDirectory, "kind"> {
  kind: "file";
  content: pulumi.Input<string>;
}

export interface HostFilesArgs {
  host: Host;
  /** Directory under the host's own that these files lie in. Goes when this is deleted. */
  directory: string;
  /** Directories before what lies in them; paths are relative to `directory`. */
  files: (HostDirectory | HostFile)[];
  /** Whether files that are not listed are removed. Defaults to true. */
  exact?: boolean;
}

/** Files on the host that belong to the users of containers; written whole, each by a rename. */
export class HostFiles extends pulumi.ComponentResource {
  constructor(name: string, args: HostFilesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:HostFiles", name, { directory: args.directory }, opts);
    new HostCommand(
      `${name}-files`,
      {
        host: args.host,
        script: "write-files",
        variables: {
          DIRECTORY: args.directory,
          EXTENT: (args.exact ?? true) ? "exact" : "listed",
          FILES: pulumi.all(args.files.map(line)).apply((lines) => lines.join("\n")),
        },
        removes: true,
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}

function line(entry: HostDirectory | HostFile): pulumi.Output<string> {
  const { path, mode, owner } = entry;
  if (entry.kind === "directory") return pulumi.output(`d ${path} ${mode} ${owner}`);
  return pulumi
    .output(entry.content)
    .apply((content) => `f ${path} ${mode} ${owner} ${Buffer.from(content).toString("base64")}`);
}
