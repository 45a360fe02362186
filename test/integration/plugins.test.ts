import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureToolchain } from "../../scripts/toolchain/ensure-toolchain.ts";
import { linkPlugins } from "../../scripts/toolchain/link-plugins.ts";

const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));

// What it does is told by the environment, so that every run is of the same program.
const program = `
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

let root: string;
let log: string;
let state = { WORD: "one", TRIGGER: "1", THEN: "" };
let pulumi: (...args: string[]) => Promise<string>;

beforeAll(async () => {
  const toolchain = await ensureToolchain({ detail: () => {}, note: () => {} });
  for (const { name, version, origin, executable } of toolchain.parts) {
    console.info(`${name} ${version}, ${origin}: ${executable}`);
  }
  root = await mkdtemp(join(tmpdir(), "slipway-plugins-"));
  log = join(root, "log");
  const home = join(root, "home");
  const path = linkPlugins(toolchain, home);
  pulumi = async (...args) => {
    const { all } = await execa("pulumi", [...args, "--non-interactive"], {
      cwd: root,
      all: true,
      env: {
        PATH: [...path, join(modules, ".bin"), process.env.PATH].join(":"),
        PULUMI_HOME: home,
        PULUMI_BACKEND_URL: `file://${root}/state?metadata=skip`,
        PULUMI_CONFIG_PASSPHRASE: "for this test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        COMMAND_LOG: log,
        ...state,
      },
    });
    return all;
  };
  await mkdir(join(root, "state"));
  await symlink(modules, join(root, "node_modules"));
  await writeFile(join(root, "package.json"), '{ "type": "module" }');
  await writeFile(join(root, "index.ts"), program);
  await writeFile(
    join(root, "Pulumi.yaml"),
    "name: plugins\nruntime:\n  name: nodejs\n  options: { typescript: false }\nmain: index.ts\n",
  );
  await pulumi("stack", "init", "test");
});

afterAll(() => rm(root, { recursive: true, force: true }));

const up = (...args: string[]) => pulumi("up", "--yes", "--skip-preview", ...args);
const password = async () => {
  const exported = JSON.parse(await pulumi("stack", "export", "--show-secrets"));
  const resources = exported.deployment.resources as {
    urn: string;
    outputs?: { result?: { plaintext: string } };
  }[];
  const found = resources.find(({ urn }) => urn.endsWith("::password"))?.outputs?.result?.plaintext;
  return JSON.parse(String(found)) as string;
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
  state = { ...state, WORD: "two" };
  expect(await up()).toContain("1 updated");
  expect(await readFile(log, "utf8")).toBe(`update after created\n${await password()}\n`);
});

test("a changed trigger replaces: first the creation, then the deletion of the old one", async () => {
  await writeFile(log, "");
  state = { ...state, TRIGGER: "2" };
  expect(await up()).toContain("1 replaced");
  const secret = await password();
  expect(await readFile(log, "utf8")).toBe(`create two\n${secret}\ndelete\n${secret}\n`);
});

test("a failing command fails the deployment with all that it wrote, and is run again next time", async () => {
  state = { ...state, TRIGGER: "3", THEN: "seq 40000 | tr '\\n' .; exit 9" };
  const failure = await up().then(
    () => "it did not fail",
    (error: { all: string }) => error.all,
  );
  expect(failure).toContain('exit status 9: running "(echo');
  expect(failure).toContain(".39999.40000.");
  state = { ...state, THEN: "" };
  expect(await up()).toContain("1 replaced");
});

test("destruction runs the deletion with the state's input", async () => {
  const secret = await password();
  await writeFile(log, "");
  expect(await pulumi("destroy", "--yes", "--skip-preview")).toContain("3 deleted");
  expect(await readFile(log, "utf8")).toBe(`delete\n${secret}\n`);
});
