import type { Client, ClientChannel } from "ssh2";
import { logToEngine } from "../provider/engine-log.ts";

export interface RemoteEnvironment {
  /** Variables that the command cannot do without: nothing runs when the server refuses one. */
  required: Record<string, string>;
  /** Variables that only a warning speaks of when the server refuses them. */
  optional: Record<string, string>;
}

/** The parts of ssh2 through which a request and its answer are seen; its public interface hides both. */
interface Internals {
  _protocol: {
    env(channel: number, name: string, value: string, wantReply: boolean): void;
    exec(channel: number, command: string, wantReply: boolean): void;
  };
  _chanMgr: { _channels: Record<string, InternalChannel> };
}
interface InternalChannel {
  outgoing?: { id: number };
  _callbacks: ((refused: boolean) => void)[];
}

/** Starts a command, once the server has answered for each environment variable. */
export async function startRemotely(
  client: Client,
  command: string,
  urn: string,
  { required, optional }: RemoteEnvironment,
): Promise<ClientChannel> {
  const refused = new Set<string>();
  const environment = { ...required, ...optional };
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    answerEnvironment(client, refused, () => {
      const name = Object.keys(required).find((key) => refused.has(key));
      if (name !== undefined)
        reject(new Error(`could not set environment variable "${name}": ssh: setenv failed`));
      return name === undefined;
    });
    client.exec(command, { env: environment }, (error, opened) =>
      error ? reject(error) : resolve(opened),
    );
  }).catch(async (error: unknown) => {
    for (const name of refused) if (name in required) await explain("ERROR", urn, name);
    throw error;
  });
  for (const name of refused) await explain("WARNING", urn, name);
  return channel;
}

/** ssh2 asks for no answer to a variable and starts the command at once; here it asks, and waits for all answers. */
function answerEnvironment(client: Client, refused: Set<string>, mayStart: () => boolean): void {
  const { _protocol: protocol, _chanMgr: manager } = client as unknown as Internals;
  const env = protocol.env.bind(protocol);
  const exec = protocol.exec.bind(protocol);
  const answers: Promise<void>[] = [];
  protocol.env = (id, name, value) => {
    const channel = Object.values(manager._channels).find((open) => open.outgoing?.id === id);
    answers.push(
      new Promise((resolve) => {
        channel?._callbacks.push((isRefused) => {
          if (isRefused) refused.add(name);
          resolve();
        });
      }),
    );
    env(id, name, value, true);
  };
  protocol.exec = (id, command, wantReply) => {
    void Promise.all(answers).then(() => {
      if (mayStart()) exec(id, command, wantReply);
    });
  };
}

function explain(severity: "ERROR" | "WARNING", urn: string, name: string): Promise<void> {
  return logToEngine(
    severity,
    urn,
    `Unable to set '${name}'. The SSH server takes only variables that its AcceptEnv lists. ` +
      `Where a shell runs the command, write it as '${name}=value command', or give the value by stdin.`,
  );
}
