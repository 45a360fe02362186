import { randomBytes } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { docker, eventually, TestStack } from "./stack.ts";

const stack = new TestStack();
const planted = `planted-${randomBytes(12).toString("hex")}-${randomBytes(4).toString("hex")}`;
/** Whatever the deploy says, it is kept and looked through at the end. */
const said: string[] = [];
/** Values that must show nowhere, by where they come from. */
const secrets: Record<string, string> = { "config secret": planted };

beforeAll(async () => {
  await stack.prepare();
  const first = await stack.script("run-quickstart.ts");
  if (first.exitCode !== 0) throw new Error(first.all);
  await stack.pulumi(
    "config",
    "set",
    "--secret",
    "--path",
    "slipway:secrets.PARTNER_API_KEY",
    planted,
  );
  said.push(first.all, await stack.up());
  const [service = ""] = await stack.containers("service");
  const read = async (name: string) =>
    (await docker("exec", service, "cat", `/run/secrets/${name}`)).stdout;
  secrets["database password"] = new URL(await read("DATABASE_URL")).password;
  secrets["redis password"] = new URL(await read("REDIS_URL")).password;
  secrets["signing key"] = await read("JWT_SECRET_KEY");
});

afterAll(() => stack.takeDown());

function expectNone(where: string, text: string) {
  for (const [kind, value] of Object.entries(secrets)) {
    expect(text.includes(value), `${kind} shows in ${where}`).toBe(false);
  }
}

it("reach the application as files that its user alone can read", async () => {
  const [service = ""] = await stack.containers("service");
  const { stdout } = await docker("exec", service, "sh", "-c", "stat -c '%a %u' /run/secrets/*");
  expect(new Set(stdout.split("\n"))).toEqual(new Set(["400 10001"]));
  expect((await docker("exec", service, "cat", "/run/secrets/PARTNER_API_KEY")).stdout).toBe(
    planted,
  );
  expect(Object.values(secrets).every((value) => value.length >= 16)).toBe(true);
});

it("stand in no container's description", async () => {
  const { stdout: ids } = await docker(
    "ps",
    "--all",
    "--quiet",
    "--filter",
    `label=slipway.stack=${stack.name}`,
  );
  const { stdout } = await docker("inspect", ...ids.split("\n"));
  expect(stdout).toContain("SLIPWAY_RELEASE");
  expectNone("docker inspect", stdout);
});

it("stand in no process list and no process's environment", async () => {
  const { stdout: ids } = await docker(
    "ps",
    "--quiet",
    "--filter",
    `label=slipway.stack=${stack.name}`,
  );
  for (const id of ids.split("\n")) {
    const { stdout } = await docker("top", id, "-eo", "pid,args");
    expectNone(`the processes of ${id}`, stdout);
    const environments = await execa(
      "docker",
      ["exec", id, "sh", "-c", "cat /proc/[0-9]*/environ | tr '\\0' '\\n'"],
      { reject: false },
    );
    expect(environments.stdout).toContain("PATH=");
    expectNone(`the environment of ${id}`, environments.stdout);
  }
});

it("stand in no log", async () => {
  const { stdout: ids } = await docker(
    "ps",
    "--all",
    "--quiet",
    "--filter",
    `label=slipway.stack=${stack.name}`,
  );
  for (const id of ids.split("\n")) {
    const { all } = await execa("docker", ["logs", id], { all: true });
    expectNone(`the log of ${id}`, all);
  }
});

it("show neither in a failing deploy nor in what the failing container printed", async () => {
  const good = readFileSync(stack.configFile, "utf8");
  const leak = [
    "sh",
    "-c",
    "cat /run/secrets/DATABASE_URL /run/secrets/PARTNER_API_KEY /run/secrets/REDIS_URL; echo leaked; exit 1",
  ];
  const words = leak.flatMap((word, index) => [
    "--plaintext",
    `slipway:services.api.command[${index}]=${word}`,
  ]);
  await stack.pulumi("config", "rm", "--path", "slipway:services.api.command");
  await stack.pulumi("config", "set-all", "--path", ...words);
  const { exitCode, all } = await stack.pulumi("up", "--yes", "--skip-preview");
  expect(exitCode).not.toBe(0);
  expect(all).toContain("leaked");
  expect(all).toContain("The release that served before serves on");
  said.push(all);
  expect((await stack.ask("/")).status).toBe(200);

  writeFileSync(stack.configFile, good);
  said.push(await stack.up());
  await eventually("the failed release is gone", 10, async () =>
    (await stack.containers("service")).length === 1 ? true : undefined,
  );
  for (const output of said) expectNone("what the CLI printed", output);
});

it("stand only encrypted in the state, its backups and its history", async () => {
  const { stdout } = await stack.pulumi("stack", "export");
  expect(stdout).toContain("ciphertext");
  expectNone("the exported state", stdout);
  const found = await execa("grep", ["-rlF", planted, stack.files], { reject: false });
  expect(found.stdout).toBe("");
  expectNone("the configuration file", readFileSync(stack.configFile, "utf8"));
});

it("are lost with their passphrase file, which the commands say without touching anything", async () => {
  const passphrase = `${stack.files}/passphrase`;
  const kept = readFileSync(passphrase, "utf8");
  rmSync(passphrase);
  try {
    for (const run of [stack.pulumi("preview"), stack.script("run-quickstart.ts")]) {
      const { exitCode, all } = await run;
      expect(exitCode).not.toBe(0);
      expect(all).toContain(passphrase);
    }
    expect((await stack.script("show-status.ts")).exitCode).toBe(0);
    expect(() => readFileSync(passphrase)).toThrow();
  } finally {
    writeFileSync(passphrase, kept, { mode: 0o600 });
  }
});
