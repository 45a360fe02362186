import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureToolchain } from "../../scripts/toolchain/ensure-toolchain.ts";
import { ThrowAwayProgram } from "./throw-away-program.ts";

// What it does is told by the environment, so that every run is of the same program.
const source = `
import { local } from "@pulumi/command";
import { RandomPassword } from "@pulumi/random";
const password = new RandomPassword("password", { length: 24, minNumeric: 4 });
const log = process.env.COMMAND_LOG!;
const command = new local.Command("command", {
  create: \`(echo "create \${process.env.WORD}"; cat; echo) >> \${log}; echo created; \${process.env.THEN ?? ""}\`,
  update: \`(echo "update after $PULUMI_COMMAND_STDOUT"; cat; echo) >> \${log}; echo updated\`,
  delete: \`(echo delete; cat; echo) >> \${log}\`,
  stdin: password.result,
  triggers: [process.env.TRIGGER],
  environment: { WORD: process.env.WORD! },
});
export const hash = password.bcryptHash;
export const said: unknown = command.stdout;
`;

let program: ThrowAwayProgram;
let log: string;

beforeAll(async () => {
  const toolchain = await ensureToolchain({ detail: () => {}, note: () => {} });
  for (const { name, version, origin, executable } of toolchain.parts) {
    console.info(`${name} ${version}, ${origin}: ${executable}`);
  }
  program = await ThrowAwayProgram.make(toolchain, source, { WORD: "one", TRIGGER: "1", THEN: "" });
  log = join(program.directory, "log");
  setInputs({ COMMAND_LOG: log });
});

afterAll(() => program.remove());

const setInputs = (inputs: Record<string, string>) => {
  program.environment = { ...program.environment, ...inputs };
};
const pulumi = (...words: string[]) => program.pulumi(...words);
const up = (...words: string[]) => program.up(...words);
const password = async () => {
  const found = (await program.resources()).find(({ urn }) => urn.endsWith("::password"));
  const result = found?.outputs?.result as { plaintext: string } | undefined;
  return JSON.parse(String(result?.plaintext)) as string;
};

test("a preview runs nothing", async () => {
  expect(await pulumi("preview")).toContain("3 to create");
  expect(existsSync(log)).toBe(false);
});

test("creation runs the command with the secret on its input, and the state hides it", async () => {
  expect(await up()).toContain("3 created");
  const secret = await password();
  expect(secret).toMatch(/^.{24}$/);
  expect(await readFile(log, "utf8")).toBe(`create one\n${secret}\n`);
  expect(await pulumi("stack", "export")).not.toContain(secret);
  expect(JSON.parse(await pulumi("stack", "output", "--json"))).toEqual({
    hash: "[secret]",
    said: "created",
  });
});

test("nothing changes by itself, nor by a refresh", async () => {
  expect(await up("--refresh", "--expect-no-changes")).toContain("3 unchanged");
});

test("a changed input runs the update, which knows the previous output", async () => {
  await writeFile(log, "");
  setInputs({ WORD: "two" });
  expect(await up()).toContain("1 updated");
  expect(await readFile(log, "utf8")).toBe(`update after created\n${await password()}\n`);
});

test("a changed trigger replaces: first the creation, then the deletion of the old one", async () => {
  await writeFile(log, "");
  setInputs({ TRIGGER: "2" });
  expect(await up()).toContain("1 replaced");
  const secret = await password();
  expect(await readFile(log, "utf8")).toBe(`create two\n${secret}\ndelete\n${secret}\n`);
});

test("a failing command fails the deployment with all that it wrote, and is run again next time", async () => {
  setInputs({ TRIGGER: "3", THEN: "seq 40000 | tr '\\n' .; exit 9" });
  const failure = await up().then(
    () => "it did not fail",
    (error: { all: string }) => error.all,
  );
  expect(failure).toContain('exit status 9: running "(echo');
  expect(failure).toContain(".39999.40000.");
  setInputs({ THEN: "" });
  expect(await up()).toContain("1 replaced");
});

test("destruction runs the deletion with the state's input", async () => {
  const secret = await password();
  await writeFile(log, "");
  expect(await pulumi("destroy", "--yes", "--skip-preview")).toContain("3 deleted");
  expect(await readFile(log, "utf8")).toBe(`delete\n${secret}\n`);
});
