import { readdirSync } from "node:fs";
import { execa } from "execa";
import { expect, test } from "vitest";
import { hostScript, runScript } from "../../components/host-script.ts";

const host = {
  engine: "unix:///run/it's mine/docker.sock",
  directory: "/var/lib/slipway",
  helperImage: `helper@sha256:${"4".repeat(64)}`,
};

/** Runs a script as the command plugin does: by a shell, with the script as standard input. */
function run(verb: "apply" | "remove", input: string, timeoutSeconds = 10) {
  return execa("sh", ["-c", runScript(verb, timeoutSeconds)], {
    input,
    reject: false,
    stripFinalNewline: false,
  });
}

/** A script's input with another last line, which runs the function that is asked for. */
function ending(input: string, line: string): string {
  return input.replace('"$1" {deployer}<&0 </dev/null', () => line);
}

/** What a script has in a variable that was given this value. */
async function printed(value: string): Promise<string> {
  const input = hostScript("networks", host, { STACK: value });
  const { stdout, stderr, exitCode } = await run("apply", ending(input, `printf %s "$STACK"`));
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  return stdout;
}

test.each([
  ["quotes", `it's "mine" 'and' '' yours'`],
  ["what a shell would expand", "$HOME `id` $(id) $PATH $1 ~ * \\n !! #"],
  ["lines", "first\n\n  second\n'third'"],
  ["what would end a document", "EOF\nSQL\n}\nexit 1"],
  ["letters of all the world", "Grüße, 日本語, 🚢, \u00a0"],
  ["a flag", "-n --help"],
])("a variable with %s comes out unchanged", async (_, value) => {
  expect(await printed(value)).toBe(value);
});

test("an empty variable is set", async () => {
  expect(await printed("")).toBe("");
});

test("the engine's address reaches the programs that the script starts, other variables do not", async () => {
  const input = hostScript("networks", host, { STACK: "staging", PASSWORD: "planted" });
  const { stdout } = await run("apply", ending(input, "env"));
  expect(stdout).toContain(`DOCKER_HOST=${host.engine}\n`);
  expect(stdout).not.toContain("planted");
});

test("nothing that follows the script is run", async () => {
  const input = ending(hostScript("networks", host, { STACK: "staging" }), ":");
  const { stdout, exitCode } = await run("apply", `${input}echo more\n`);
  expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 0 });
});

test("a missing variable fails and is named", async () => {
  const { stderr, exitCode } = await run("remove", hostScript("retire-release", host, {}));
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain("STACK");
});

test("a script that hangs is ended by the host", async () => {
  const input = 'apply() { sleep 60; }\n"$1" </dev/null; exit\n';
  const { exitCode, durationMs } = await run("apply", input, 1);
  expect(exitCode).toBe(124);
  expect(durationMs).toBeLessThan(10_000);
});

test("a command that is cancelled tells its script, as the plugin ends it", async () => {
  const input = `apply() { trap 'trap "" TERM; echo told; exit 3' TERM; echo ready; sleep 60 & wait; }\n"$1" </dev/null; exit\n`;
  const options = { input, reject: false, detached: true } as const;
  const running = execa("sh", ["-c", runScript("apply", 10)], options);
  for await (const line of running.iterable()) {
    if (line === "ready") process.kill(-(running.pid as number), "SIGTERM");
  }
  expect((await running).stdout).toBe("ready\ntold");
});

test("what a script sources comes with it, since the host has no file of it", () => {
  const input = hostScript("switch-release", host, {});
  expect(input).toContain("open_console() {");
  expect(input).not.toMatch(/^\. /m);
});

const scripts = readdirSync(new URL("../../scripts/host/", import.meta.url))
  .filter((file) => file.endsWith(".sh"))
  .map((file) => file.replace(/\.sh$/, ""))
  .filter((name) => name !== "preamble");

test.each(scripts)("%s defines what a host command asks for", async (name) => {
  const input = hostScript(name, host, { STACK: "staging" });
  const { stdout, exitCode } = await run("apply", ending(input, "declare -F"));
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^declare -f apply$/m);
});
