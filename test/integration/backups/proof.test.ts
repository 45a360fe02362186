import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { resolveImages } from "../../../scripts/images/resolve-images.ts";
import { docker, until } from "../../throw-away.ts";
import { holdersOf, signal } from "../deploy/processes.ts";
import {
  bundles,
  damageScript,
  damages,
  inRepository,
  prepareDamage,
  repairScript,
} from "./damage.ts";
import { type DatabaseStack, makeDatabaseStack } from "./database-stack.ts";

let made: DatabaseStack;
/** The newest backup. */
let set: string;
const keys = join(mkdtempSync(join(tmpdir(), "slipway-escrow-")), "keys.sh");

beforeAll(async () => {
  made = await makeDatabaseStack((config) => {
    config.setIn(["config", "slipway:backups", "prove"], true);
    const app = { volumes: { uploads: "/var/lib/web/uploads" } };
    config.setIn(["config", "slipway:app"], config.createNode(app));
  });
});

afterAll(async () => {
  await made?.takeDown();
  rmSync(join(keys, ".."), { recursive: true });
});

// The verdict is in the journal before all is cleared away.
afterEach(async () => {
  await until(async () => ((await remains()).length === 0 ? true : undefined));
});

const drill = (...words: string[]) => made.stack.script("run-drill.ts", ...words);
const newest = ["--to", "newest"];
const file = (...path: string[]) => join("/var/lib/slipway", made.stack.name, ...path);
const status = async () => (await made.stack.script("show-status.ts")).all;

/** What there is of a proof. */
async function remains(): Promise<string[]> {
  const labels = [`label=slipway.stack=${made.stack.name}`, "label=slipway.role=proof"];
  const filters = labels.flatMap((each) => ["--filter", each]);
  const kinds = [
    ["ps", "--all"],
    ["network", "ls"],
    ["volume", "ls"],
  ];
  const found = await Promise.all(kinds.map((each) => docker(...each, "--quiet", ...filters)));
  return found.flatMap((lines) => lines.split("\n").filter(Boolean));
}

it("the first backup is restored and proved before anybody asks", async () => {
  const proved = /^proof of repository 1: (\d{8}-\d{6}F), \d+-\d+-\d+ [\d:]+$/m;
  [, set = ""] = await until(async () => proved.exec(await status()) ?? undefined, 120);
  expect(readFileSync(file("journal/log"), "utf8")).toMatch(
    new RegExp(
      `"event":"proved","repository":"1","set":"${set}","seconds":"\\d+","rows":"\\d+","to":`,
    ),
  );
});

it("so are the files that were saved with it, and what cannot be restored of them is told", async () => {
  const { helper } = await resolveImages({ detail: () => {}, note: console.info });
  const uploads = `slipway-${made.stack.name}-uploads:/u`;
  await docker("run", "--rm", "--volume", uploads, helper, "sh", "-c", "seq 9999 >/u/invoice");
  const { exitCode, all } = await made.stack.script("take-backup.ts", "--full");
  expect(exitCode, all).toBe(0);
  [, set = ""] = /full backup (\S+)/.exec(all) ?? [];
  // They are root's.
  const inFiles = (script: string) =>
    docker(
      ...["run", "--rm", "--volume", `slipway-${made.stack.name}-backups:/r`, helper],
      ...["sh", "-euc", `cd /r/files; ${script}`],
    );
  await inFiles(
    `cp -a data data.whole; for each in $(find data -type f); do ${damages.replaced}; done`,
  );
  const { stderr } = await drill(...newest);
  await inFiles("rm -r data; mv data.whole data");
  expect(stderr).toMatch(
    /^slipway: repository 1: the files of the backup \S+ could not be restored: /m,
  );
  expect((await drill(...newest)).exitCode).toBe(0);
});

it("a moment is, with nothing but the keys that were put away; the repository stays as it is", async () => {
  await made.ask("insert into written select 'row ' || n from generate_series(1, 2000) n");
  const moment = await made.ask(
    "select to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS.MSZ')",
  );
  await made.ask("select pg_sleep(0.01)");
  await made.ask("delete from written where text like 'row %'");
  const probe = "insert into probe (name) values ('later')";
  await docker("exec", made.server, "psql", "-U", "postgres", "-d", "slipway", "-qc", probe);
  expect((await made.stack.script("escrow-keys.ts", "--out", keys)).exitCode).toBe(0);
  const sums = "find . -type f | sort | xargs sha256sum";
  const before = await inRepository(made.server, sums);
  const { exitCode, all } = await drill("--escrow", keys, "--to", moment);
  expect(exitCode, all).toBe(0);
  const found = (what: string) => new RegExp(` ${what} +│.+│ (.+) │`).exec(all)?.[1]?.trim();
  expect(found("restore")).toMatch(/^[\d.]+ s$/);
  expect(found("probe rows")).toMatch(/, not there$/);
  expect(found("content")).toMatch(/, 2000 rows/);
  expect(found("pg_amcheck")).toMatch(/, none$/);
  expect(found("dump")).toMatch(/, done$/);
  expect(found("files")).toMatch(/^[\d.]+ s, \d+ kB, the same$/);
  expect(found("application")).toMatch(/ready: web; smoke paths: 0$/);
  expect(found("verdict")).toMatch(/^proved in \d+ s, 2000 rows$/);
  const after = await inRepository(made.server, sums);
  const changed = before.split("\n").filter((line) => !after.split("\n").includes(line));
  expect(changed).toEqual([]);
});

it("keys that do not open the backups are told, and nothing of it is held against the backups", async () => {
  const wrong = `${keys}.wrong`;
  const key = "a-key-that-opens-nothing";
  writeFileSync(
    wrong,
    readFileSync(keys, "utf8").replace(/^repo1-cipher-pass=.*/m, `repo1-cipher-pass=${key}`),
  );
  const { exitCode, stderr } = await drill(...newest, "--escrow", wrong);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^slipway: repository 1: the repository cannot be read with this key/);
  const nothing = await drill("--escrow", file("journal/log"));
  expect(nothing.stderr).toMatch(/^slipway: \S+ is no file with keys; .*npm run escrow/);
  expect(await status()).toMatch(/^proof of repository 1: \d{8}-\d{6}F, \d+-\d+-\d+ [\d:]+$/m);
});

it("what is no backup is refused, and is no stain on those that there are", async () => {
  const other = await drill("--to", "20200101-000000F");
  expect(other.stderr).toMatch(
    new RegExp(`there is no backup 20200101-000000F; there are: \\S+ ${set}`),
  );
  expect((await drill("--repository", "2")).stderr).toContain(
    "there is no repository 2; there are: 1",
  );
  expect(await status()).toMatch(/^proof of repository 1: \d{8}-\d{6}F, \d+-\d+-\d+ [\d:]+$/m);
});

it.each([
  [
    "a file is missing",
    bundles,
    damages.missing,
    /nothing could be restored: unable to open missing file/,
  ],
  [
    "a file is truncated",
    bundles,
    damages.truncated,
    /nothing could be restored: a file of the backup is damaged/,
  ],
  [
    "a file was replaced",
    bundles,
    damages.replaced,
    /nothing could be restored: a file of the backup is damaged/,
  ],
  [
    "the list of files was replaced",
    "backup -name 'backup.manifest*'",
    damages.replaced,
    /the list of the files of the backup is missing or damaged/,
  ],
  [
    "the log is missing",
    "archive -name '0*-*'",
    damages.missing,
    /did not start: what was written while the backup was made is missing/,
  ],
])("a backup is red of which %s", async (_, files, damage, reason) => {
  await inRepository(made.server, prepareDamage);
  await inRepository(made.server, damageScript(files, damage));
  const { exitCode, stderr } = await drill(...newest);
  expect(await inRepository(made.server, repairScript)).toMatch(/^saved\//);
  expect(exitCode).toBe(1);
  const last = stderr.split("\n").at(-1);
  expect(last).toMatch(/^slipway: repository 1: /);
  expect(last).toMatch(reason);
});

it("a row that is not what it was when the backup was taken is seen", async () => {
  const witness = file("backups/witness", set);
  const text = readFileSync(witness, "utf8");
  writeFileSync(witness, text.replace(/^(rows public.written \d+ ).*$/m, "$1-1"));
  const { exitCode, stderr } = await drill(...newest);
  writeFileSync(witness, text);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /is not what the database was: .*'rows public.written \d+ -1', the copy's: 'rows/,
  );
});

it("an application that does not answer well on what was restored is told", async () => {
  const live = readFileSync(file("live/release"), "utf8").trim();
  const description = file("releases", live, "description");
  const text = readFileSync(description, "utf8");
  writeFileSync(description, `${text}smoke web localhost /nowhere\n`);
  const { stderr } = await drill(...newest);
  writeFileSync(description, text);
  expect(stderr).toMatch(
    /^slipway: repository 1: web of release \w+ did not answer well to \/nowhere on what was restored$/m,
  );
});

it("of one that was killed the next leaves nothing, here one of a random moment", async () => {
  const running = drill(...newest);
  await until(async () => ((await remains()).length > 1 ? true : undefined));
  signal(holdersOf(file("backups/proof.lock")), "SIGKILL");
  await running;
  expect(await remains()).not.toEqual([]);
  const { exitCode, all } = await drill();
  expect(exitCode, all).toBe(0);
});

it("who recovers takes away what one left", async () => {
  const labels = ["--label", `slipway.stack=${made.stack.name}`, "--label", "slipway.role=proof"];
  for (const kind of ["volume", "network"])
    await docker(kind, "create", ...labels, `slipway-${made.stack.name}.proof`);
  const { exitCode, all } = await made.stack.script("recover-stack.ts");
  expect(exitCode, all).toBe(0);
  expect(await remains()).toEqual([]);
});

it("a stack that is taken down takes the proof along that is at work", async () => {
  const running = drill(...newest);
  await until(async () => ((await remains()).length > 1 ? true : undefined));
  await made.takeDown();
  await running;
});
