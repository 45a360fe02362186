import { readFileSync } from "node:fs";
import type * as pulumi from "@pulumi/pulumi";
import type { Ssh } from "./ssh.ts";

/** A Docker host: how to reach its engine and where Slipway keeps its files there. */
export interface Host {
  /** The engine's address on the host itself, as DOCKER_HOST takes it. */
  engine: string;
  /** Absent when the host is the machine that deploys. */
  ssh?: Ssh | undefined;
  /** Absolute path on the host that Slipway owns. */
  directory: string;
  /** Image of the throw-away containers that write files of other users. */
  helperImage: string;
  /** Opens the account on the host, where the agent does not. */
  privateKey?: string | undefined;
  /** What runs commands. Defaults to the stack's default provider. */
  provider?: pulumi.ProviderResource;
}

const scripts = new URL("../scripts/host/", import.meta.url);
const preamble = readScript("preamble.sh");

/**
 * The command that runs a script which comes by standard input; the host ends it after `timeoutSeconds`. By `exec`, since
 * a shell that stays would be the only one to hear that the deploy is cancelled: `timeout` leaves its process group.
 */
export function runScript(verb: "apply" | "remove", timeoutSeconds: number): string {
  return `exec timeout --kill-after=10 ${timeoutSeconds} bash -s -- ${verb}`;
}

/**
 * A script of scripts/host with its variables, as standard input for `runScript`. The last line runs a function that
 * is read whole by then, and leaves nothing of the input to the commands in it; what comes after the script can be read
 * from the descriptor $deployer, as far as anything does.
 */
export function hostScript(name: string, host: Host, variables: Record<string, string>): string {
  const all = {
    DOCKER_HOST: host.engine,
    ROOT: host.directory,
    HELPER_IMAGE: host.helperImage,
    ...variables,
  };
  return wholeScript(all, `export DOCKER_HOST\n${preamble}\n${readScript(`${name}.sh`)}`);
}

/**
 * The same for a script that runs to its end whatever becomes of who waits for it: in a session of its own, its output
 * in a file until it is over. TERM reaches it, for it to put back what it has begun.
 */
export function survivingScript(script: string): string {
  const delimiter = "END_OF_SURVIVING_SCRIPT";
  return `${[
    // Without a name: nothing is left of it, whoever is killed.
    'output=$(mktemp); exec {write}>"$output" {read}<"$output"; rm "$output"',
    // Once: it comes from the plugin and from `timeout`, and a second one would end the commands that put things back.
    `trap 'trap "" TERM INT; kill -TERM -- "-$survivor"' TERM INT`,
    `setsid bash -s -- "$1" >&"$write" 2>&1 {read}<&- <<'${delimiter}' &`,
    script + delimiter,
    "survivor=$!",
    'while kill -0 "$survivor" 2>/dev/null; do status=0; wait "$survivor" || status=$?; done',
    '[ "$status" = 0 ] || exec >&2; cat <&"$read"; exit "$status"',
  ].join("\n")}\n`;
}

/**
 * A script with those beside it that it sources, since on the host there is no file to source. Without its comments, a
 * quarter of it: the engine keeps it twice, and hands it to the plugin at every step.
 */
function readScript(file: string): string {
  return readFileSync(new URL(file, scripts), "utf8")
    .replaceAll(/^ *#.*\n/gm, "")
    .replaceAll(/^\. (\S+\.sh)$/gm, (_, sourced: string) => readScript(sourced));
}

/** The same of a script of scripts/ that runs on the machine that deploys and leaves its environment as it is. */
export function deployerScript(name: string, variables: Record<string, string>): string {
  return wholeScript(variables, readFileSync(new URL(`../${name}.sh`, scripts), "utf8"));
}

function wholeScript(variables: Record<string, string>, body: string): string {
  const assignments = Object.entries(variables).map(
    ([key, value]) => `${key}='${value.replaceAll("'", `'\\''`)}'`,
  );
  return [...assignments, body, '"$1" {deployer}<&0 </dev/null; exit', ""].join("\n");
}
