import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveImages } from "../../../scripts/images/resolve-images.ts";
import { docker, until } from "../../throw-away.ts";
import { type DatabaseStack, makeDatabaseStack } from "./database-stack.ts";
import { startOldServer, text } from "./take-over.ts";

let made: DatabaseStack;

beforeAll(async () => {
  made = await makeDatabaseStack((config) => {
    const app = { volumes: { uploads: "/var/lib/web/uploads" } };
    config.setIn(["config", "slipway:app"], config.createNode(app));
  });
});

afterAll(async () => {
  await made?.takeDown();
});

const backUp = (...words: string[]) => made.stack.script("take-backup.ts", ...words);

it("the first deploy has a full one taken, and nobody waits for it", async () => {
  const first = /^backup in repository 1: \d{8}-\d{6}F, /m;
  await until(async () => first.exec((await made.stack.script("show-status.ts")).all) ?? undefined);
});

it("then what changed since is taken, or all on demand; each is read back and stands in the journal", async () => {
  const second = await backUp();
  expect(second.all).toMatch(/^repository 1: diff backup \d{8}-\d{6}F_\d{8}-\d{6}D /m);
  const third = await backUp("--full");
  expect(third.all).toMatch(/^repository 1: full backup /m);
  const { all } = await made.stack.script("show-status.ts");
  expect(all).toMatch(/^backup in repository 1: \d{8}-\d{6}F, /m);
});

it("one that cannot be read back fails with its reason, which the status shows", async () => {
  // What did not change since the full one is read from there.
  const newest = "find /var/lib/pgbackrest/backup -path '*F/bundle/*' -type f | sort | tail -n 1";
  await docker("exec", made.server, "sh", "-c", `truncate -s -1000 "$(${newest})"`);
  const { exitCode, all } = await backUp();
  expect(exitCode).toBe(1);
  expect(all).toMatch(/repository 1: the backup \S+ could not be read back: .*status: invalid/m);
  const status = await made.stack.script("show-status.ts");
  expect(status.all).toMatch(/^backup in repository 1: .* could not be read back: /m);
  expect((await backUp("--full")).exitCode).toBe(0);
});

it("files and a dump of the database are saved with it, under the same set", async () => {
  const uploads = `slipway-${made.stack.name}-uploads`;
  const { helper } = await resolveImages({ detail: () => {}, note: console.info });
  const inHelper = (script: string) =>
    docker("run", "--rm", "--volume", `${uploads}:/u`, helper, "sh", "-euc", script);
  await inHelper("echo invoice >/u/1.pdf; chown 10001:10001 /u/1.pdf; chmod 0640 /u/1.pdf");
  const image = await docker("inspect", "--format", "{{.Image}}", made.server);
  const { all } = await backUp("--full");
  const set = /full backup (\S+)/.exec(all)?.[1];
  const restic = (words: string) =>
    docker(
      ...["run", "--rm", "--network", "none", "--entrypoint", "sh"],
      ...["--volume", `slipway-${made.stack.name}-backups:/var/lib/pgbackrest:ro`],
      ...["--volume", `/var/lib/slipway/${made.stack.name}/pgbackrest:/etc/pgbackrest:ro`],
      ...[image, "-euc", `. /etc/pgbackrest/files-1.sh; restic --no-cache --no-lock ${words}`],
    );
  const snapshots = JSON.parse(await restic(`snapshots --json --tag set-${set}`));
  expect(snapshots.map(({ paths }: { paths: string[] }) => paths)).toEqual([
    ["/files"],
    ["/files/dump"],
  ]);
  expect(
    await restic(`dump --tag set-${set} --path /files latest /files/volumes/${uploads}/1.pdf`),
  ).toBe("invoice");
  const listed = await restic(
    "dump --path /files/dump latest /files/dump/database.dump | pg_restore --list",
  );
  expect(listed).toContain("TABLE DATA public written");
});

it("what was given up because too much waited is told, and the next backup is a full one", async () => {
  await docker("exec", made.server, "touch", "/var/lib/postgresql/data/archive-gap");
  const { all } = await backUp();
  expect(all).toMatch(/^repository 1: full backup /m);
  expect((await backUp()).all).toMatch(/^repository 1: diff backup /m);
});

it("two at a time are one: the other one says so", async () => {
  const [a, b] = await Promise.all([backUp("--full"), backUp("--full")]);
  expect([a.exitCode, b.exitCode].sort()).toEqual([0, 1]);
  expect(`${a.all}${b.all}`).toContain(`a backup of ${made.stack.name} is at work already`);
});

describe("a database of another server", () => {
  let old: Awaited<ReturnType<typeof startOldServer>>;

  beforeAll(async () => {
    const image = await docker("inspect", "--format", "{{.Image}}", made.server);
    old = await startOldServer(image, made.stack.name);
  });
  afterAll(() => old?.stop());

  const take = (from: string, name = made.stack.name) =>
    made.stack.script("take-over-database.ts", "--from", from, "--confirm", name);
  const owners =
    "select string_agg(distinct pg_get_userbyid(relowner), ' ') from pg_class where relnamespace in ('public'::regnamespace, 'sales'::regnamespace)";
  const others =
    "select count(*) from pg_roles where rolname in ('shop', 'Old Reader', 'somebody', 'app.copy')";

  it.each([
    ["SQL with whom it belonged to", () => old.dump("shop.sql")],
    ["an archive", () => old.dump("shop.dump", "-Fc")],
    ["a URL", async () => old.url],
  ])("is taken over from %s, and all in it is the owner's", async (_, source) => {
    await made.ask("drop schema if exists sales cascade; delete from written");
    const { exitCode, all } = await take(await source());
    expect(exitCode, all).toBe(0);
    expect(all).toContain("loaded: 2 tables, 501 rows");
    expect(all).not.toContain("p/ss");
    expect(await made.ask("select text from written")).toBe(text);
    expect(await made.ask(owners)).toBe("owner");
    expect(
      await made.ask("set role app; insert into written values ('more'); select twice(2)"),
    ).toBe("4");
    expect(await made.ask("set role readonly; select count(*) from sales.invoices")).toBe("500");
    expect(await made.ask(others)).toBe("0");
    const databases = "select string_agg(datname, ' ') from pg_database where datname ~ '^app'";
    expect(await made.ask(databases)).toBe("app");
    expect((await made.stack.ask("/")).status).toBe(200);
  });

  it("that does not come as a whole leaves the one that there is", async () => {
    const refused = (message: RegExp) => [1, expect.stringMatching(message)];
    const said = async (file: string, name?: string) => {
      const { exitCode, stderr } = await take(file, name);
      return [exitCode, stderr];
    };
    const whole = old.file("all.sql", "\\connect shop\nSELECT 1;\n");
    expect(await said(whole)).toEqual(refused(/is of a whole server, .* pg_dump -Fc DATABASE/));
    const broken = old.file("broken.sql", "CREATE TABLE half (id int);\nSELECT nothing;\n");
    expect(await said(broken)).toEqual(
      refused(/"nothing" does not exist[\s\S]*could not be loaded: .*; nothing was changed/),
    );
    expect(await said(broken, "production")).toEqual(refused(/nothing was changed/));
    expect(await said("/nowhere")).toEqual(refused(/there is no file \/nowhere/));
    expect(await made.ask("select text from written order by 1")).toBe(`${text}\nmore`);
    expect(await made.ask(others)).toBe("0");
  });
});
