import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveImages } from "../../../scripts/images/resolve-images.ts";
import { docker, until } from "../../throw-away.ts";
import { type DatabaseStack, makeDatabaseStack } from "./database-stack.ts";
import { type OffsiteServer, startS3, startSftp } from "./offsite-servers.ts";

let database: DatabaseStack;
let servers: Record<"sftp" | "s3", OffsiteServer>;

beforeAll(async () => {
  servers = { sftp: await startSftp(), s3: await startS3() };
  database = await makeDatabaseStack((config) => {
    const app = { volumes: { uploads: "/var/lib/web/uploads" } };
    config.setIn(["config", "slipway:app"], config.createNode(app));
  });
  writeFileSync(certificates(), "{}", { mode: 0o600 });
});

afterAll(async () => {
  await database?.takeDown();
  for (const server of Object.values(servers ?? {})) await server.stop();
});

const certificates = () => `/var/lib/slipway/edges/edge-${database.stack.name}/acme/acme.json`;
/** Runs a script where the application's files are. */
async function inUploads(script: string): Promise<string> {
  const { helper } = await resolveImages({ detail: () => {}, note: console.info });
  const volume = `slipway-${database.stack.name}-uploads:/u`;
  return docker("run", "--rm", "--volume", volume, helper, "sh", "-euc", `cd /u; ${script}`);
}
const written = "select string_agg(text, ' ' order by at) from written";

/** Makes the other repository one that a server has. */
async function leaveBy({ settings, secrets }: OffsiteServer): Promise<void> {
  const { stack } = database;
  const at = (key: string) => `slipway:backups.offsite.${key}`;
  await stack.pulumi("config", "rm", "--path", "slipway:backups.offsite");
  // By standard input: a certificate begins like an option.
  const set = async (flag: string, key: string, value: string | number) => {
    const setting = stack.pulumi("config", "set", flag, "--path", at(key));
    setting.stdin?.end(String(value));
    const { exitCode, all } = await setting;
    expect(exitCode, all).toBe(0);
  };
  for (const [key, value] of Object.entries(settings)) await set("--plaintext", key, value);
  for (const [key, value] of Object.entries(secrets)) await set("--secret", key, value);
  await stack.up();
}

/** Takes away all that a lost server had. */
async function lose(): Promise<void> {
  const { stack } = database;
  const label = `label=slipway.stack=${stack.name}`;
  const list = async (...words: string[]) =>
    (await docker(...words, "--quiet", "--filter", label)).split("\n").filter(Boolean);
  await docker("rm", "--force", "--volumes", ...(await list("ps", "--all")));
  await docker("network", "rm", ...(await list("network", "ls")));
  const volumes = await docker("volume", "ls", "--quiet", "--filter", `name=slipway-${stack.name}`);
  await docker("volume", "rm", ...volumes.split("\n"));
  for (const path of [stack.name, `edges/edge-${stack.name}`])
    rmSync(`/var/lib/slipway/${path}`, { recursive: true });
}

describe.each(["sftp", "s3"] as const)("a repository elsewhere, by %s", (kind) => {
  it("has what is written and what is saved", async () => {
    await leaveBy(servers[kind]);
    await database.ask(`insert into written values ('saved ${kind}')`);
    await inUploads(
      `echo invoice >${kind}.pdf; chown 10001:10001 ${kind}.pdf; chmod 0640 ${kind}.pdf`,
    );
    await database.backupEnds();
    const { exitCode, all } = await database.stack.script("take-backup.ts", "--full");
    expect(exitCode, all).toBe(0);
    await database.ask(`insert into written values ('archived ${kind}')`);
    await database.archive();
  });

  it("is proved by a restore from there", async () => {
    const drill = ["--to", "newest", "--repository", "2"];
    const { exitCode, all } = await database.stack.script("run-drill.ts", ...drill);
    expect(exitCode, all).toBe(0);
    expect(all).toMatch(/verdict +│ repository 2 +│ proved in \d+ s, \d+ rows/);
  });

  it("may be away: the server writes on, and what had to wait gets there", async () => {
    const server = servers[kind];
    server.goAway();
    await database.ask(`insert into written values ('waited ${kind}')`);
    const segment = await database.ask("select pg_walfile_name(pg_switch_wal())");
    await until(async () => (server.refused() > 0 ? true : undefined), 90);
    await database.ask(`insert into written values ('meanwhile ${kind}')`);
    expect((await database.archived()) < segment).toBe(true);
    server.comeBack();
    await database.archive();
  });
});

it("a stack whose server is lost is made anew, with all that got elsewhere", async () => {
  const before = await database.ask(written);
  const files = await inUploads("stat -c '%n %u:%g %a' . *; cat *");
  const early = await database.stack.script("rebuild-stack.ts");
  expect(early.stderr).toMatch(/release \w+ of \S+ is on this host, so that it is not lost/);
  await lose();
  const begun = Date.now();
  const { exitCode, all } = await database.stack.script("rebuild-stack.ts");
  expect(exitCode, all).toBe(0);
  console.info(`rebuilt in ${(Date.now() - begun) / 1000} s`);
  expect(all).toContain("restored from repository 2");
  expect(await database.ask(written)).toBe(before);
  expect(await inUploads("stat -c '%n %u:%g %a' . *; cat *")).toBe(files);
  expect(readFileSync(certificates(), "utf8")).toBe("{}");
  expect((await database.stack.ask("/")).status).toBe(200);
  await database.ask("insert into written values ('after')");
  await database.archive();
  const preview = await database.stack.pulumi("preview", "--expect-no-changes");
  expect(preview.all).toContain("postgres-require-data");
});

it("a stack without a repository elsewhere says that it is lost with its server", async () => {
  const { stack } = database;
  await stack.pulumi("config", "rm", "--path", "slipway:backups.offsite");
  const { exitCode, stderr } = await stack.script("rebuild-stack.ts");
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^slipway: \S+ has no backups elsewhere than on its server/);
});
