import type { ClientChannel } from "ssh2";
import type { Operation } from "../provider/operation.ts";
import { givenEnvironment, previousOutputEnvironment } from "./command-environment.ts";
import { commandFailure } from "./command-failure.ts";
import type { RunCommand } from "./command-resource.ts";
import type { Connection } from "./connection.ts";
import { type Logging, OutputCapture } from "./output-capture.ts";
import { dial } from "./ssh-dial.ts";
import { startRemotely } from "./ssh-start.ts";

/** Runs a command on the host of `connection`, with the login shell of its user. */
export const runRemotely: RunCommand = async (command, properties, previous, operation) => {
  const dialed = await dial(properties.connection as unknown as Connection, operation);
  const capture = new OutputCapture(operation.urn, properties.logging as Logging | undefined);
  try {
    const channel = await startRemotely(dialed.client, command, operation.urn, {
      required: givenEnvironment(properties),
      optional: previousOutputEnvironment(properties, previous),
    });
    capture.read("stdout", channel);
    capture.read("stderr", channel.stderr);
    const ended = ending(channel, operation);
    channel.on("error", () => undefined).end((properties.stdin as string | undefined) ?? "");
    const failure = await ended;
    await capture.flush();
    if (failure !== undefined) throw commandFailure(failure, command, capture.combined);
    return capture.output;
  } finally {
    dialed.close();
  }
};

/**
 * How the command ended, if not well. A command that is cancelled is asked to end and not waited for: OpenSSH passes
 * the signal on, except to commands of root.
 */
function ending(channel: ClientChannel, { signal }: Operation): Promise<string | undefined> {
  return new Promise((resolve) => {
    const cancel = () => {
      channel.signal("TERM");
      resolve((signal.reason as Error).message);
    };
    if (signal.aborted) cancel();
    signal.addEventListener("abort", cancel, { once: true });
    channel.on("close", (code: number | null | undefined, killedBy: string | undefined) => {
      signal.removeEventListener("abort", cancel);
      if (code === 0) resolve(undefined);
      else if (code) resolve(`Process exited with status ${code}`);
      else if (killedBy) resolve(`Process exited from signal ${killedBy}`);
      else resolve("wait: remote command exited without exit status or exit signal");
    });
  });
}
