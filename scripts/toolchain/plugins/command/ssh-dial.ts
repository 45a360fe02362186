import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import ssh2, { type AuthenticationType, type ConnectConfig } from "ssh2";
import { logToEngine } from "../provider/engine-log.ts";
import type { Operation } from "../provider/operation.ts";
import type { Connection, Endpoint } from "./connection.ts";
import { HostKeyMismatch, hostKeyOptions } from "./host-key.ts";

const firstPauseMilliseconds = 100;
const longestPauseMilliseconds = 5000;

/** Open connections: the host's, and before it that of the proxy if there is one. */
export interface Dialed {
  client: ssh2.Client;
  close(): void;
}

/** Connects, and tries again as often as the connection says. */
export async function dial(connection: Connection, operation: Operation): Promise<Dialed> {
  const { proxy } = connection;
  if (!proxy) {
    const client = await persist("Dial", connection, operation, () => connect(connection));
    return { client, close: () => client.end() };
  }
  try {
    const bastion = await persist("Dial proxy", proxy, operation, () => connect(proxy));
    try {
      const client = await persist("Dial from proxy", connection, operation, async () =>
        connect(connection, await tunnel(bastion, connection)),
      );
      return {
        client,
        close() {
          client.end();
          bastion.end();
        },
      };
    } catch (error) {
      bastion.end();
      throw error;
    }
  } catch (error) {
    throw new Error(`proxy: ${(error as Error).message}`);
  }
}

async function persist<Result>(
  what: string,
  { dialErrorLimit }: Endpoint,
  { urn, signal }: Operation,
  attempt: () => Promise<Result>,
): Promise<Result> {
  for (let failed = 1, pause = firstPauseMilliseconds; ; failed++, pause *= 1.5) {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof HostKeyMismatch || error instanceof UnusableCredentials) throw error;
      if (signal.aborted) throw signal.reason;
      if (dialErrorLimit >= 0 && failed > dialErrorLimit) {
        throw new Error(`after ${failed - 1} failed attempts: ${(error as Error).message}`);
      }
      const limit = dialErrorLimit < 0 ? "inf" : dialErrorLimit;
      await logToEngine("INFO", urn, `${what} ${failed}/${limit} failed: retrying`, true);
      await sleep(Math.min(pause, longestPauseMilliseconds), undefined, { signal }).catch(() => {
        throw signal.reason;
      });
    }
  }
}

class UnusableCredentials extends Error {}

function connect(endpoint: Endpoint, sock?: Duplex): Promise<ssh2.Client> {
  const { host, port, password } = endpoint;
  const client = new ssh2.Client();
  return new Promise((resolve, reject) => {
    let mismatch: Error | undefined;
    client.on("ready", () => resolve(client));
    // Later errors end the command by the close of its channel.
    client.on("error", (error) =>
      reject(mismatch ?? new Error(`ssh: ${host}:${port}: ${error.message}`)),
    );
    client.on("close", () =>
      reject(mismatch ?? new Error(`ssh: ${host}:${port} closed the connection`)),
    );
    client.on("keyboard-interactive", (_name, _instructions, _language, prompts, finish) =>
      finish(prompts.map(() => password ?? "")),
    );
    try {
      client.connect({
        ...credentials(endpoint),
        ...hostKeyOptions(endpoint.hostKey, () => {
          mismatch = new HostKeyMismatch(`${host}:${port}`);
        }),
        ...(sock ? { sock } : { host, port }),
        readyTimeout: endpoint.perDialTimeout * 1000,
        // A host that vanishes is noticed within forty seconds, as the SSH client is told to.
        keepaliveInterval: 10_000,
        keepaliveCountMax: 3,
      });
    } catch (error) {
      reject(new UnusableCredentials((error as Error).message));
    }
  });
}

function credentials(endpoint: Endpoint): ConnectConfig {
  const { user, password, privateKey, privateKeyPassword } = endpoint;
  const agent = endpoint.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  const order: AuthenticationType[] = [];
  if (privateKey) order.push("publickey");
  if (password) order.push("password", "keyboard-interactive");
  if (agent) order.push("agent");
  return {
    username: user,
    authHandler: order,
    tryKeyboard: password !== undefined,
    ...(password ? { password } : {}),
    ...(privateKey ? { privateKey } : {}),
    ...(privateKeyPassword ? { passphrase: privateKeyPassword } : {}),
    ...(agent ? { agent } : {}),
  };
}

function tunnel(bastion: ssh2.Client, { host, port }: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    bastion.forwardOut("127.0.0.1", 0, host, port, (error, stream) =>
      error ? reject(error) : resolve(stream),
    );
  });
}
