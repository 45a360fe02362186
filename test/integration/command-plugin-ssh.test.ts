import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { freePort } from "../../scripts/free-port.ts";
import { type PropertyMap, secret } from "../../scripts/toolchain/plugins/provider/values.ts";
import { ProviderClient } from "../plugins/provider-client.ts";
import { type SshServer, startSshServer } from "../plugins/ssh-server.ts";

const command = "command:remote:Command::it";
let provider: ProviderClient;
let server: SshServer;
let connection: PropertyMap;
let directory: string;

beforeAll(async () => {
  server = await startSshServer(["ACCEPTED"]);
  provider = await ProviderClient.start("pulumi-resource-command", { SSH_AUTH_SOCK: "" });
  directory = mkdtempSync(join(tmpdir(), "slipway-ssh-"));
  const { host, port, user, privateKey } = server;
  connection = {
    host,
    port,
    user,
    privateKey,
    hostKey: server.hostKeys.ed25519,
    dialErrorLimit: 0,
  };
});
beforeEach(() => {
  provider.plugin.engine.messages.length = 0;
});
afterAll(async () => {
  await provider?.plugin.stop();
  await server?.stop();
  rmSync(directory, { recursive: true });
});

test("create, update and delete run on the host, each with the resource's stdin", async () => {
  const file = join(directory, "log");
  const inputs = {
    connection,
    create: `cat >> ${file}; echo created; echo warned >&2`,
    update: `echo updated; cat >> ${file}`,
    delete: `(cat; echo gone) >> ${file}`,
    stdin: secret("input\n"),
    addPreviousOutputInEnv: false,
  };
  const { id, state } = await provider.create(command, inputs);
  expect(id).toMatch(/^it[0-9a-f]{8}$/);
  expect(state).toMatchObject({ stdout: "created", stderr: "warned", stdin: secret("input\n") });
  expect(provider.plugin.engine.lines("INFO").sort()).toEqual(["created", "warned"]);
  const updated = await provider.update(command, state, { ...inputs, stdin: secret("again\n") });
  expect(updated).toMatchObject({ stdout: "updated", stderr: "" });
  await provider.delete(command, updated);
  expect(readFileSync(file, "utf8")).toBe("input\nagain\nagain\ngone\n");
});

test("a failure tells the status, the command and all that it wrote", async () => {
  const failing = provider.create(command, {
    connection,
    create: "echo out; echo err >&2; exit 7",
  });
  await expect(failing).rejects.toThrow(
    /Process exited with status 7: running "echo out; echo err >&2; exit 7":\n(out\nerr|err\nout)\n/,
  );
});

test("preview does not connect", async () => {
  const nowhere = { ...connection, port: await freePort() };
  const { state } = await provider.create(
    command,
    { connection: nowhere, create: "true" },
    { preview: true },
  );
  expect(state.create).toBe("true");
});

test("the connection is closed after the command", async () => {
  await provider.create(command, { connection, create: "true" });
  const sessions = async () =>
    (await execa("pgrep", ["-P", `${server.pid}`], { reject: false })).stdout;
  for (let i = 0; i < 50 && (await sessions()) !== ""; i++) await sleep(50);
  expect(await sessions()).toBe("");
});

describe("host key", () => {
  test.each(["ed25519", "ecdsa", "rsa"] as const)(
    "of type %s is accepted when it is pinned",
    async (type) => {
      const pinned = { ...connection, hostKey: server.hostKeys[type] };
      const { state } = await provider.create(command, { connection: pinned, create: "echo in" });
      expect(state.stdout).toBe("in");
    },
  );

  test("may be left out", async () => {
    const { hostKey, ...open } = connection;
    const { state } = await provider.create(command, { connection: open, create: "echo in" });
    expect(state.stdout).toBe("in");
  });

  test("that is another's is refused at once, and no command runs", async () => {
    const file = join(directory, "refused");
    const other = await otherHostKey();
    const pinned = { ...connection, hostKey: other, dialErrorLimit: 10 };
    await expect(
      provider.create(command, { connection: pinned, create: `touch ${file}` }),
    ).rejects.toThrow(
      `host key mismatch: 127.0.0.1:${server.port} does not have the pinned host key`,
    );
    expect(existsSync(file)).toBe(false);
    expect(provider.plugin.engine.lines("INFO")).toEqual([]);
  });

  test("that cannot be read is refused", async () => {
    const pinned = { ...connection, hostKey: "ssh-ed25519 nonsense" };
    await expect(provider.create(command, { connection: pinned, create: "true" })).rejects.toThrow(
      "failed to parse host key",
    );
  });
});

describe("credentials", () => {
  test("a locked private key with its password", async () => {
    const { lockedPrivateKey: privateKey, privateKeyPassword } = server;
    const locked = { ...connection, privateKey, privateKeyPassword };
    const { state } = await provider.create(command, { connection: locked, create: "echo in" });
    expect(state.stdout).toBe("in");
  });

  test("a locked private key without it, or none at all, is an error without the key", async () => {
    const locked = { ...connection, privateKey: server.lockedPrivateKey };
    const failed = expect(provider.create(command, { connection: locked, create: "true" })).rejects;
    await failed.toThrow(/passphrase/);
    const { privateKey, ...nothing } = connection;
    const refused = provider.create(command, { connection: nothing, create: "true" });
    await expect(refused).rejects.toThrow(
      /after 0 failed attempts: .*authentication methods failed/,
    );
  });

  test("an SSH agent", async () => {
    const socket = join(directory, "agent");
    const agent = execa("ssh-agent", ["-D", "-a", socket], { reject: false });
    while (!existsSync(socket)) await sleep(20);
    await execa("ssh-add", ["-q", "-"], {
      input: server.privateKey,
      env: { SSH_AUTH_SOCK: socket },
    });
    const { privateKey, ...rest } = connection;
    const byAgent = { ...rest, agentSocketPath: socket };
    const { state } = await provider.create(command, { connection: byAgent, create: "echo in" });
    expect(state.stdout).toBe("in");
    agent.kill();
    await agent;
  });
});

describe("environment", () => {
  test("reaches the command where the server takes it", async () => {
    const { state } = await provider.create(command, {
      connection,
      create: 'echo "$ACCEPTED"',
      environment: { ACCEPTED: "taken" },
    });
    expect(state.stdout).toBe("taken");
  });

  test("that the server refuses is an error, and no command runs", async () => {
    const file = join(directory, "environment");
    const refused = provider.create(command, {
      connection,
      create: `touch ${file}`,
      environment: { ACCEPTED: "x", REFUSED: "y" },
    });
    await expect(refused).rejects.toThrow('could not set environment variable "REFUSED"');
    expect(provider.plugin.engine.lines("ERROR").join()).toContain("Unable to set 'REFUSED'");
    expect(existsSync(file)).toBe(false);
  });

  test("the previous output is only warned about when the server refuses it", async () => {
    const inputs = { connection, create: "echo first" };
    const { state } = await provider.create(command, inputs);
    const updated = await provider.update(command, state, { ...inputs, update: "echo second" });
    expect(updated.stdout).toBe("second");
    expect(provider.plugin.engine.lines("WARNING").join()).toContain(
      "Unable to set 'PULUMI_COMMAND_STDOUT'",
    );
  });
});

describe("dialing", () => {
  test("is tried again as often as dialErrorLimit says", async () => {
    const nowhere = { ...connection, port: await freePort(), dialErrorLimit: 2 };
    await expect(provider.create(command, { connection: nowhere, create: "true" })).rejects.toThrow(
      /after 2 failed attempts: ssh: .*ECONNREFUSED/,
    );
    expect(provider.plugin.engine.lines("INFO")).toEqual([
      "Dial 1/2 failed: retrying",
      "Dial 2/2 failed: retrying",
    ]);
  });

  test("a server that says nothing is given up after perDialTimeout", async () => {
    const silent = await listen();
    const { port } = silent.address() as { port: number };
    const started = Date.now();
    const mute = { ...connection, port, perDialTimeout: 1 };
    await expect(provider.create(command, { connection: mute, create: "true" })).rejects.toThrow(
      "Timed out while waiting for handshake",
    );
    expect(Date.now() - started).toBeLessThan(3000);
    silent.close();
  });

  test("goes through a proxy, and pins the keys of both", async () => {
    const { dialErrorLimit, ...proxy } = connection;
    const through = { ...connection, proxy };
    const { state } = await provider.create(command, { connection: through, create: "echo in" });
    expect(state.stdout).toBe("in");
    const other = { ...connection, proxy: { ...proxy, hostKey: await otherHostKey() } };
    await expect(provider.create(command, { connection: other, create: "true" })).rejects.toThrow(
      /^[^:]*: proxy: .*host key mismatch/,
    );
  });

  test("is given up when the deployment is cancelled", async () => {
    const nowhere = { ...connection, port: await freePort(), dialErrorLimit: -1 };
    const dialing = provider.create(command, { connection: nowhere, create: "true" });
    const failed = expect(dialing).rejects.toThrow("context canceled");
    while (provider.plugin.engine.lines("INFO").length < 2) await sleep(50);
    await provider.cancel();
    await failed;
  });
});

test("cancel gives up a command that runs", async () => {
  const file = join(directory, "running");
  const running = provider.create(command, {
    connection,
    create: `echo begun; touch ${file}; exec sleep 5`,
  });
  const failed = expect(running).rejects.toThrow(/context canceled: running .*:\nbegun\n/);
  while (!existsSync(file)) await sleep(20);
  const asked = Date.now();
  await provider.cancel();
  await failed;
  expect(Date.now() - asked).toBeLessThan(3000);
});

async function otherHostKey(): Promise<string> {
  const path = join(directory, "other");
  if (!existsSync(path)) await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path]);
  return readFileSync(`${path}.pub`, "utf8");
}

function listen(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer(() => undefined).listen(0, "127.0.0.1", () => resolve(server));
  });
}
