import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { docker } from "../../throw-away.ts";
import { type DatabaseStack, makeDatabaseStack } from "./database-stack.ts";

let database: DatabaseStack;
const home = mkdtempSync(join(tmpdir(), "slipway-escrow-"));
const file = join(home, "keys.sh");

beforeAll(async () => {
  database = await makeDatabaseStack((config) => {
    config.setIn(["config", "slipway:backups"], config.createNode({ emptyVolume: "begin" }));
  });
  await database.ask("insert into written values ('saved')");
  await database.backUp();
  await database.ask("insert into written values ('archived')");
  await database.archive();
});

afterAll(async () => {
  await database?.takeDown();
  rmSync(home, { recursive: true });
});

const escrow = (...words: string[]) => database.stack.script("escrow-keys.ts", ...words);
const written = () => database.ask("select string_agg(text, ' ' order by at) from written");

it("the keys are written down for this user alone, not twice, not where they would be committed", async () => {
  const { exitCode, all } = await escrow("--out", file);
  expect(exitCode, all).toBe(0);
  expect(all).toContain("the only repository is on the server itself");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const journal = readFileSync(`/var/lib/slipway/${database.stack.name}/journal/log`, "utf8");
  const [, mark = ""] = /^# Fingerprint: (\w{16})$/m.exec(readFileSync(file, "utf8")) ?? [];
  expect(journal).toContain(`"event":"backup-keys","fingerprint":"${mark}"`);
  expect(journal).toContain(`"event":"escrowed","fingerprint":"${mark}","by":"`);

  const again = await escrow("--out", file);
  expect([again.exitCode, again.stderr]).toEqual([
    1,
    expect.stringMatching(/^slipway: .*keys\.sh is there already; .*--out\n?$/),
  ]);
  const inside = await escrow("--out", join(import.meta.dirname, "keys.sh"));
  expect([inside.exitCode, inside.stderr]).toEqual([
    1,
    expect.stringMatching(/^slipway: .*would be committed; .*--out\n?$/),
  ]);
});

it("what was written down, Postgres and pgBackRest are enough to have the data, by the commands in the file", async () => {
  const { image } = JSON.parse(
    await docker("inspect", "--format", '{"image":"{{.Config.Image}}"}', database.server),
  );
  const text = readFileSync(file, "utf8");
  const commands = [...text.matchAll(/^# {3}((?:sh|su) .*)$/gm)].map(([, line = ""]) => line);
  expect(commands).toHaveLength(4);
  const stanza = `pg${await database.ask("select system_identifier from pg_control_system()")}`;
  const [unpack, info, restore, start] = commands.map((line) =>
    line
      .replaceAll(/slipway-[\w-]+-escrow\.sh/g, "/escrow/keys.sh")
      .replaceAll("STANZA", stanza)
      .replaceAll("DIRECTORY", "/tmp/restored"),
  );
  const script = `${unpack}
    ${info} | grep -q ' full backup: '
    install -d -m 0700 -o postgres /tmp/restored /var/run/postgresql
    ${restore}
    ${start?.replace(/'$/, ` -c listen_addresses= ' >/tmp/log 2>&1`)} &
    until su postgres -c 'psql -Atc "select 1"' >/dev/null 2>&1; do sleep 0.2; done
    su postgres -c "psql -d app -Atc \\"select string_agg(text, ' ' order by at) from written\\""`;
  const said = await docker(
    ...["run", "--rm", "--network", "none", "--user", "0:0", "--entrypoint", "timeout"],
    ...["--volume", `slipway-${database.stack.name}-backups:/var/lib/pgbackrest:ro`],
    ...["--volume", `${home}:/escrow:ro`, image, "120", "sh", "-euc", script],
  );
  expect(said.split("\n").at(-1)).toBe("saved archived");
});

it("a volume that is lost becomes no new database: neither the server makes one, nor a deploy", async () => {
  const { stack, server } = database;
  await docker("rm", "--force", server);
  await docker("volume", "rm", `slipway-${stack.name}-postgres`);
  const unchanged = await stack.pulumi("up", "--refresh", "--yes", "--skip-preview");
  expect(unchanged.exitCode).not.toBe(0);
  expect(unchanged.all).toMatch(/the volume slipway-\S+-postgres is empty.* npm run restore -- /);

  await stack.pulumi("config", "set", "--path", "slipway:backups.emptyVolume", "refuse");
  const refused = await stack.pulumi("up", "--yes", "--skip-preview");
  expect(refused.exitCode).not.toBe(0);
  expect(refused.all).toMatch(
    /is empty, and repository 1 has backups of \S+, the newest of .*emptyVolume restore, to begin/,
  );
});

it("a key that does not fit is told from a repository without backups", async () => {
  const { stack } = database;
  const place = `/var/lib/slipway/${stack.name}/pgbackrest/pgbackrest.conf`;
  const text = readFileSync(place, "utf8");
  writeFileSync(place, text.replace(/cipher-pass=..../, "cipher-pass=0000"));
  try {
    const { all } = await stack.pulumi("up", "--yes", "--skip-preview");
    expect(all).toMatch(/whether there are backups to restore is not known: repository 1: .*key/);
  } finally {
    writeFileSync(place, text);
  }
});

it("all that was archived comes back by a deploy that is told so, and is archived on from there", async () => {
  const { stack } = database;
  await stack.pulumi("config", "set", "--path", "slipway:backups.emptyVolume", "restore");
  expect(await stack.up()).toMatch(/restored from repository 1, up to the transaction of 20/);
  expect(await written()).toBe("saved archived");
  await database.ask("insert into written values ('after')");
  await database.archive();
  const volumes = await docker("volume", "ls", "--quiet", "--filter", `name=${stack.name}`);
  expect(volumes).not.toContain(".side");
  execFileSync("docker", [
    "exec",
    database.server,
    "test",
    "!",
    "-e",
    "/var/lib/postgresql/data/begin",
  ]);
});

it("a volume whose data lacks a part is not taken for an empty one: nothing in it is touched, and it is told", async () => {
  const { stack, server } = database;
  const part = "/var/lib/postgresql/data/PG_VERSION";
  await docker("exec", server, "mv", part, `${part}.away`);
  await stack.pulumi("config", "set", "--path", "slipway:backups.emptyVolume", "begin");
  const refused = await stack.pulumi("up", "--yes", "--skip-preview");
  expect(refused.exitCode).not.toBe(0);
  expect(refused.all).toMatch(
    /is not empty, and is not the data of a server.* npm run restore -- /,
  );
  await docker("exec", server, "mv", `${part}.away`, part);
  await stack.up();
  expect(await written()).toBe("saved archived after");
});
