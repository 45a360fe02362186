import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { isSecret, isUnknown, secret } from "../../scripts/toolchain/plugins/provider/values.ts";
import { launchers } from "../plugins/plugin-process.ts";
import { ProviderClient, urn } from "../plugins/provider-client.ts";

const command = "command:local:Command::it";
let provider: ProviderClient;
let directory: string;

beforeAll(async () => {
  provider = await ProviderClient.start("pulumi-resource-command", { OUTSIDE: "seen" });
  directory = mkdtempSync(join(tmpdir(), "slipway-command-"));
});
beforeEach(() => {
  provider.plugin.engine.messages.length = 0;
});
afterAll(async () => {
  await provider.plugin.stop();
  rmSync(directory, { recursive: true });
});

describe("a command's life", () => {
  test("create runs `create`, keeps its output without the last line break, and names itself", async () => {
    const { id, state } = await provider.create(command, {
      create: "printf 'a\\n\\n'; echo b >&2",
    });
    expect(id).toMatch(/^it[0-9a-f]{8}$/);
    expect(state).toEqual({ create: "printf 'a\\n\\n'; echo b >&2", stdout: "a\n", stderr: "b" });
  });

  test("update runs `update` with the previous output in its environment", async () => {
    const inputs = { create: "echo first; echo warned >&2" };
    const { state } = await provider.create(command, inputs);
    const update = 'echo "$PULUMI_COMMAND_STDOUT+$PULUMI_COMMAND_STDERR"';
    expect(await provider.update(command, state, { ...inputs, update })).toMatchObject({
      stdout: "first+warned",
      stderr: "",
    });
  });

  test("addPreviousOutputInEnv: false keeps the previous output out", async () => {
    const inputs = { create: "echo first", addPreviousOutputInEnv: false };
    const { state } = await provider.create(command, inputs);
    const update = 'echo "[$PULUMI_COMMAND_STDOUT]"';
    const updated = await provider.update(command, state, { ...inputs, update });
    expect(updated.stdout).toBe("[]");
  });

  test("update without `update` runs `create`; without both it keeps the output", async () => {
    const { state } = await provider.create(command, { create: "echo one" });
    const again = await provider.update(command, state, { create: "echo two" });
    expect(again.stdout).toBe("two");
    expect(await provider.update(command, again, { dir: "/" })).toEqual({
      dir: "/",
      stdout: "two",
      stderr: "",
    });
  });

  test("delete runs `delete` of the state, with the state's stdin, environment and directory", async () => {
    const file = join(directory, "deleted");
    const { state } = await provider.create(command, {
      create: "cat",
      delete: `(cat; echo "$WORD $PWD $PULUMI_COMMAND_STDOUT") > ${file}`,
      stdin: secret("from the state\n"),
      environment: { WORD: "kept" },
      dir: directory,
    });
    await provider.delete(command, state);
    expect(readFileSync(file, "utf8")).toBe(`from the state\nkept ${directory} from the state\n`);
  });

  test("a command without `create` and `delete` runs nothing", async () => {
    const { state } = await provider.create(command, { update: "echo no" });
    expect(state).toEqual({ update: "echo no", stdout: "", stderr: "" });
    await provider.delete(command, state);
  });

  test("read returns the state as it is", async () => {
    const { id, inputs, state } = await provider.create(command, { create: "echo x" });
    expect(await provider.read(command, id, state, inputs)).toEqual({ id, inputs, state });
  });
});

describe("how a command runs", () => {
  test("with the interpreter, the environment over the plugin's own, and in the directory", async () => {
    const { state } = await provider.create(command, {
      create: "import os; print(os.environ['OUTSIDE'], os.environ['INSIDE'], os.getcwd())",
      interpreter: ["python3", "-c"],
      environment: { INSIDE: "given" },
      dir: directory,
    });
    expect(state.stdout).toBe(`seen given ${directory}`);
  });

  test("without standard input it reads nothing, and large input need not be read", async () => {
    const silent = await provider.create(command, { create: "cat | wc -c" });
    expect(String(silent.state.stdout).trim()).toBe("0");
    const unread = await provider.create(command, { create: "true", stdin: "x".repeat(1 << 20) });
    expect(unread.state.stdout).toBe("");
    const read = await provider.create(command, { create: "wc -c", stdin: "x".repeat(1 << 20) });
    expect(String(read.state.stdout).trim()).toBe(String(1 << 20));
  });

  test("the compile cache of the plugin does not reach the command", async () => {
    const { state } = await provider.create(command, { create: 'echo "[$NODE_COMPILE_CACHE]"' });
    expect(state.stdout).toBe("[]");
  });

  test("local:run runs each time", async () => {
    const result = await provider.invoke("command:local:run", {
      command: "echo ran; cat",
      stdin: "in",
    });
    expect(result).toEqual({
      command: "echo ran; cat",
      stdin: "in",
      stdout: "ran\nin",
      stderr: "",
    });
  });
});

describe("failure", () => {
  test("tells the status, the command and all that it wrote", async () => {
    const failing = 'echo out; echo "err" >&2; exit 3';
    await expect(provider.create(command, { create: failing })).rejects.toThrow(
      'exit status 3: running "echo out; echo \\"err\\" >&2; exit 3":\nout\nerr\n',
    );
  });

  test("tells the signal", async () => {
    const killed = provider.create(command, { create: "kill -9 $$" });
    await expect(killed).rejects.toThrow('signal: killed: running "kill -9 $$":\n');
  });

  test("names a directory and a program that do not exist", async () => {
    await expect(provider.create(command, { create: "true", dir: "/no/such" })).rejects.toThrow(
      "chdir /no/such: no such file or directory",
    );
    const missing = { create: "true", interpreter: ["no-such-program"] };
    await expect(provider.create(command, missing)).rejects.toThrow(/no-such-program/);
  });

  test("a failed delete is an error", async () => {
    const state = { delete: "exit 4", stdout: "", stderr: "" };
    await expect(provider.delete(command, state)).rejects.toThrow(
      'exit status 4: running "exit 4"',
    );
  });
});

describe("logging", () => {
  const both = { create: "echo one; sleep 0.1; echo two >&2; sleep 0.1; printf three" };

  test.each([
    [undefined, ["one", "two", "three"]],
    ["stdoutAndStderr", ["one", "two", "three"]],
    ["stdout", ["one", "three"]],
    ["stderr", ["two"]],
    ["none", []],
  ])("%s shows %j, line by line, as status of the resource", async (logging, expected) => {
    const { state } = await provider.create(command, logging ? { ...both, logging } : both);
    expect(state).toMatchObject({ stdout: "one\nthree", stderr: "two" });
    expect(provider.plugin.engine.lines("INFO")).toEqual(expected);
    for (const message of provider.plugin.engine.messages) {
      expect(message).toMatchObject({ urn: urn(command), status: true });
    }
  });

  test("a flood of lines is shown whole and in order, and does not hold the command up", async () => {
    const started = Date.now();
    const { state } = await provider.create(command, { create: "seq 50000" });
    expect(Date.now() - started).toBeLessThan(5000);
    expect(provider.plugin.engine.lines("INFO").join("\n")).toBe(state.stdout);
  });

  test("a line longer than 64 KiB does not stop the command", async () => {
    const { state } = await provider.create(command, {
      create: "head -c 300000 /dev/zero | tr '\\0' x; echo; echo end",
    });
    expect(String(state.stdout).length).toBe(300_004);
    expect(provider.plugin.engine.lines("INFO").at(-1)).toBe("end");
  });
});

describe("preview", () => {
  test("of a creation runs nothing and knows the inputs only", async () => {
    const file = join(directory, "previewed");
    const { id, state } = await provider.create(
      command,
      { create: `touch ${file}`, stdin: secret("s") },
      { preview: true },
    );
    expect(id).toBe("");
    expect(state).toMatchObject({ create: `touch ${file}`, stdin: secret("s") });
    expect([isUnknown(state.stdout), isUnknown(state.stderr)]).toEqual([true, true]);
    expect(existsSync(file)).toBe(false);
  });

  test("of an update runs nothing and no longer knows the output", async () => {
    const file = join(directory, "previewed-update");
    const { state } = await provider.create(command, { create: "echo before" });
    const planned = await provider.update(
      command,
      state,
      { create: `touch ${file}` },
      { preview: true },
    );
    expect(isUnknown(planned.stdout)).toBe(true);
    expect(existsSync(file)).toBe(false);
  });

  test("takes inputs that are not known yet", async () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const { state } = await provider.create(
      command,
      { create: "true", stdin: unknown, environment: { A: unknown } },
      { preview: true },
    );
    expect(state).toMatchObject({ stdin: unknown, environment: { A: unknown } });
  });
});

describe("diff", () => {
  const old = { create: "a", environment: { A: "1" }, triggers: ["1", { n: 1 }] };

  test("sees nothing where nothing changed", async () => {
    expect(await provider.diff(command, old, structuredClone(old))).toEqual({
      changes: false,
      replaces: [],
      detailed: {},
    });
  });

  test("updates on any input but triggers", async () => {
    const next = { create: "b", environment: { A: "2", B: "3" }, triggers: old.triggers };
    expect(await provider.diff(command, old, next)).toEqual({
      changes: true,
      replaces: [],
      detailed: { create: "UPDATE", "environment.A": "UPDATE", "environment.B": "ADD" },
    });
  });

  test.each([
    [["2", { n: 1 }], { "triggers[0]": "UPDATE_REPLACE" }],
    [["1", { n: 2 }], { "triggers[1].n": "UPDATE_REPLACE" }],
    [["1"], { "triggers[1]": "DELETE_REPLACE" }],
    [null, { triggers: "DELETE_REPLACE" }],
  ])("replaces when the triggers become %j", async (triggers, detailed) => {
    const found = await provider.diff(command, old, { ...old, triggers });
    expect(found).toEqual({ changes: true, replaces: Object.keys(detailed), detailed });
  });

  test("a value that becomes secret is a change, the same secret is none", async () => {
    const stdin = { create: "a", stdin: secret("x") };
    expect((await provider.diff(command, stdin, stdin)).changes).toBe(false);
    expect((await provider.diff(command, { create: "a", stdin: "x" }, stdin)).detailed).toEqual({
      stdin: "UPDATE",
    });
  });
});

describe("secrets", () => {
  test("secret inputs are secret in the state; the output is not, as in the official plugin", async () => {
    const { state } = await provider.create(command, {
      create: "cat",
      stdin: secret("hidden"),
      environment: { TOKEN: secret("t"), PLAIN: "p" },
    });
    expect(state.stdin).toEqual(secret("hidden"));
    expect(state.environment).toEqual({ TOKEN: secret("t"), PLAIN: "p" });
    expect(state.stdout).toBe("hidden");
  });

  test("a connection becomes secret, with its defaults and the secrets in it", async () => {
    const { inputs } = await provider.check("command:remote:Command::it", {
      connection: { host: "h", privateKey: "k", proxy: { host: "p", password: "w" } },
    });
    expect(isSecret(inputs.connection)).toBe(true);
    const defaults = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
    expect(inputs.connection).toEqual(
      secret({
        host: "h",
        privateKey: secret("k"),
        proxy: { host: "p", password: secret("w"), ...defaults },
        ...defaults,
      }),
    );
  });
});

describe("check", () => {
  test.each([
    [{ create: 1 }, "create: Field 'create' must be a string"],
    [{ creat: "x" }, "creat: Unrecognized field 'creat'"],
    [{ environment: { A: 1 } }, "environment.A: Field 'environment.A' must be a string"],
    [{ interpreter: "sh" }, "interpreter: Field 'interpreter' must be a list"],
    [
      { logging: "all" },
      "logging: Field 'logging' must be one of stdout, stderr, stdoutAndStderr, none",
    ],
    [
      { assetPaths: ["*"] },
      "assetPaths: This plugin collects no files; print what you need on stdout instead",
    ],
  ])("refuses %j", async (inputs, failure) => {
    expect((await provider.check(command, inputs)).failures).toEqual([failure]);
  });

  test("refuses a remote command without a host", async () => {
    const { failures } = await provider.check("command:remote:Command::it", { connection: {} });
    expect(failures).toEqual(["connection.host: Missing required field 'connection.host'"]);
    expect((await provider.check("command:remote:Command::it", {})).failures).toEqual([
      "connection: Missing required field 'connection'",
    ]);
  });

  test("says what it has when it is asked for another resource", async () => {
    const copy = provider.create("command:remote:CopyToRemote::it", {});
    await expect(copy).rejects.toThrow(
      "has no resource command:remote:CopyToRemote; it has command:local:Command, command:remote:Command",
    );
  });
});

describe("ending", () => {
  test("cancel ends the command and all that it started", async () => {
    const file = join(directory, "child");
    const running = provider.create(command, {
      create: `sh -c 'sleep 30; echo survived > ${file}' & echo $! > ${file}.pid; wait`,
    });
    const failed = expect(running).rejects.toThrow("context canceled: running");
    while (!existsSync(`${file}.pid`)) await sleep(20);
    await provider.cancel();
    await failed;
    expect(isAlive(Number(readFileSync(`${file}.pid`, "utf8")))).toBe(false);
  });

  test("a command that runs longer than its timeout is ended, and may end in order", async () => {
    const file = join(directory, "trapped");
    const running = provider.create(
      command,
      { create: `trap 'echo undone > ${file}; exit 1' TERM; echo started; sleep 30 & wait` },
      { timeoutSeconds: 0.3 },
    );
    await expect(running).rejects.toThrow(/context deadline exceeded: running .*:\nstarted/s);
    expect(readFileSync(file, "utf8")).toBe("undone\n");
  });

  test("the plugin ends when its engine is killed", async () => {
    const launcher = `${launchers}pulumi-resource-command`;
    const engine = spawn("sh", ["-c", `"${launcher}" 127.0.0.1:1 & echo $!; wait`], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const lines = createInterface(engine.stdout)[Symbol.asyncIterator]();
    const pid = Number((await lines.next()).value);
    await lines.next();
    expect(isAlive(pid)).toBe(true);
    engine.kill("SIGKILL");
    for (let i = 0; i < 60 && isAlive(pid); i++) await sleep(100);
    expect(isAlive(pid)).toBe(false);
  });

  test("the plugin ends at once when the engine says so", async () => {
    const other = await ProviderClient.start("pulumi-resource-command");
    expect(await other.plugin.stop()).toBeLessThan(3000);
  });
});

function isAlive(pid: number): boolean {
  return (
    existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))
  );
}
