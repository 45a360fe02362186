import { local, remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type Host, hostScript, runScript, survivingScript } from "./host-script.ts";
import type { Ssh } from "./ssh.ts";

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
  /**
   * What makes it another command when it changes: the new one is applied, and the old one removed at the end of the
   * deploy. Only for what the two do not have in common, or the second would undo the first.
   */
  identity?: string[];
  /** Whether the CLI shows what the script prints on standard output. Defaults to false. */
  shows?: boolean;
  /** Whether the script runs to its end even when the deploy is killed. Defaults to false. */
  survives?: boolean;
}

/** The host's provider as an option, if it has one. */
export function providerOf({ provider }: Host): { provider?: pulumi.ProviderResource } {
  return provider ? { provider } : {};
}

/**
 * Runs a script on the host with its variables, by standard input alone: neither shows in a process list, in the
 * command's text or in `docker inspect`. Runs again whenever script or variables change, so scripts are idempotent.
 */
export function hostCommand(
  name: string,
  args: HostCommandArgs,
  opts?: pulumi.CustomResourceOptions,
): local.Command | remote.Command {
  const { host } = args;
  const timeout = args.timeoutSeconds ?? 120;
  const inputs = {
    create: runScript("apply", timeout),
    update: runScript("apply", timeout),
    ...(args.removes ? { delete: runScript("remove", timeout) } : {}),
    ...(args.identity ? { triggers: args.identity } : {}),
    stdin: pulumi
      .all(args.variables)
      .apply((variables) => hostScript(args.script, host, variables))
      .apply((script) => (args.survives ? survivingScript(script) : script)),
    logging: args.shows ? ("stdout" as const) : ("none" as const),
    addPreviousOutputInEnv: false,
  };
  // Marking the input as a secret does not mark what is printed.
  const options = { ...providerOf(host), additionalSecretOutputs: ["stdout", "stderr"], ...opts };
  return host.ssh
    ? new remote.Command(name, { ...inputs, connection: connectionTo(host, host.ssh) }, options)
    : new local.Command(name, inputs, options);
}

/** A wrong key is not tried so often that the host locks the deployer out. */
function connectionTo({ privateKey }: Host, { address, port, user, hostKey }: Ssh) {
  return {
    ...{ host: address, port, user, hostKey, dialErrorLimit: 3, perDialTimeout: 15 },
    ...(privateKey ? { privateKey: pulumi.secret(privateKey) } : {}),
  };
}
