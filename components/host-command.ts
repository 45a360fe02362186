import { readFileSync } from "node:fs";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

const scripts = new URL("../scripts/host/", import.meta.url);
const preamble = readFileSync(new URL("preamble.sh", scripts), "utf8");

/** A Docker host: how to reach its engine and where Slipway keeps its files there. */
export interface Host {
  /** The engine's address, as DOCKER_HOST takes it. */
  engine: string;
  /** Absolute path on the host that Slipway owns. */
  directory: string;
  /** Image of the throw-away containers that write files of other users. */
  helperImage: string;
}

export interface HostCommandArgs {
  host: Host;
  /** Name of a file in scripts/host without `.sh`; it defines `apply` and, with `removes`, `remove`. */
  script: string;
  /** What the script reads as shell variables. One of them secret makes all that the script gets secret. */
  variables: Record<string, pulumi.Input<string>>;
  /** After how long the host ends the script. Defaults to 120. */
  timeoutSeconds?: number;
  /** Whether the script's `remove` runs when this is deleted. Defaults to false. */
  removes?: boolean;
}

/**
 * Runs a script on the host with its variables, by standard input alone: neither shows in a process list, in the
 * command's text or in `docker inspect`. Runs again whenever script or variables change, so scripts are idempotent.
 */
export class HostCommand extends pulumi.ComponentResource {
  /** What the script printed on standard output. */
  readonly output: pulumi.Output<string>;

  constructor(name: string, args: HostCommandArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:HostCommand", name, { script: args.script }, opts);
    const timeout = args.timeoutSeconds ?? 120;
    const run = (verb: string) => `timeout --kill-after=10 ${timeout} bash -s -- ${verb}`;
    const body = readFileSync(new URL(`${args.script}.sh`, scripts), "utf8");

    const command = new local.Command(
      `${name}-command`,
      {
        create: run("apply"),
        update: run("apply"),
        ...(args.removes ? { delete: run("remove") } : {}),
        stdin: pulumi
          .all({
            DOCKER_HOST: args.host.engine,
            ROOT: args.host.directory,
            HELPER_IMAGE: args.host.helperImage,
            ...args.variables,
          })
          .apply((variables) => program(variables, body)),
        logging: "none",
        addPreviousOutputInEnv: false,
      },
      { parent: this },
    );

    this.output = command.stdout;
    this.registerOutputs({ output: this.output });
  }
}

/** The last line runs a function that is read whole by then, and leaves nothing of the input to the commands in it. */
function program(variables: Record<string, string>, body: string): string {
  const assignments = Object.entries(variables).map(
    ([key, value]) => `${key}='${value.replaceAll("'", `'\\''`)}'`,
  );
  return [...assignments, "export DOCKER_HOST", preamble, body, '"$1" </dev/null; exit', ""].join("\n");
}
