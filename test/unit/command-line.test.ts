import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { takeStack } from "../../scripts/command-line.ts";

const root = join(import.meta.dirname, "../..");

const scripts = Object.entries(manifest.scripts)
  .map(([name, line]) => ({ name, script: line.split(" ").at(-1) as string }))
  .filter(({ name }) => name !== "pulumi");

/** Runs a command's script as npm does, where no Docker engine answers. */
function run(script: string, words: string[], environment: Record<string, string> = {}) {
  const env = { DOCKER_HOST: "unix:///nowhere/docker.sock", ...environment };
  return execa("node", [join(root, script), ...words], {
    ...{ env, cwd: root, preferLocal: true, localDir: root, reject: false },
  });
}

const oneLine = /^slipway: [^\n]+$/;

describe.each(scripts)("npm run $name", ({ name, script }) => {
  test.each(["--help", "-h"])("%s prints a short usage", async (flag) => {
    const { exitCode, stdout, stderr } = await run(script, [flag]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const [usage, about] = stdout.split("\n");
    expect(usage).toContain(
      name === "test" ? "npm test" : `npm run ${name === "env" ? "-s " : ""}${name}`,
    );
    expect(about).toMatch(/^[A-Z].+\.$/);
    expect(stdout.split("\n").length).toBeLessThan(12);
  });

  test("--stack that npm took is refused before it does harm", async () => {
    const { exitCode, stderr } = await run(script, [], { npm_config_stack: "production" });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain("put -- before it");
  });
});

test("an option that npm has as well is no mistake when nobody gave it", async () => {
  const { stdout } = await run("scripts/roll-back.ts", ["--help"], { npm_config_yes: "" });
  expect(stdout).toContain("npm run rollback");
});

const ownOptions = scripts.filter(({ name }) => name !== "psql");

test.each(ownOptions)("$name refuses an option that is not known, with its usage", async (each) => {
  const { exitCode, stderr } = await run(each.script, ["--nonsense"]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(oneLine);
  expect(stderr).toMatch(/--nonsense.*; type: .*npm /);
});

test.each([
  ["quickstart", "npm run pulumi -- up --stack staging"],
  ["quickstart:down", "npm run pulumi -- destroy --stack staging"],
])("%s is not for another stack, and says what is", async (name, instead) => {
  const { script = "" } = scripts.find((each) => each.name === name) ?? {};
  const { exitCode, stderr } = await run(script, ["--stack", "staging"]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(oneLine);
  expect(stderr).toContain(instead);
});

test("a word too many is named, with the usage", async () => {
  const { exitCode, stderr } = await run("scripts/show-logs.ts", ["api", "worker"]);
  expect(exitCode).toBe(1);
  expect(stderr).toBe(
    "slipway: 'worker' is one word too many; type: npm run logs -- [SERVICE] [-f] [--tail LINES] [--stack STACK]",
  );
});

test.each(["x", "-1", "1.5", "", "1e3"])("logs --tail=%s is refused", async (tail) => {
  const { exitCode, stderr } = await run("scripts/show-logs.ts", [`--tail=${tail}`]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^slipway: --tail needs a number of lines or 'all'; type: npm run logs/);
});

describe("--stack", () => {
  test.each([
    [["up", "--stack", "staging"], "staging", ["up"]],
    [["--stack=staging", "up"], "staging", ["up"]],
    [["up", "-s", "staging", "--yes"], "staging", ["up", "--yes"]],
    [["up"], "local", ["up"]],
    [["--", "tool", "--stack", "other"], "local", ["--", "tool", "--stack", "other"]],
  ])("%j", (words, stack, rest) => {
    expect(takeStack(words)).toEqual({ stack, rest });
  });

  test.each([["--stack"], ["--stack="], ["--stack", "../x"], ["--stack", "Staging"]])(
    "%j is refused with an example",
    (...words) => {
      expect(() => takeStack(words)).toThrow(/--stack staging$/);
    },
  );
});
