import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { docker, until } from "../../throw-away.ts";
import { planted, plantedId, rows, rules, tables } from "./personal-data.ts";
import { CopiedStacks } from "./stacks.ts";

const stacks = new CopiedStacks();
const { from, to } = stacks;

beforeAll(async () => {
  await stacks.make();
  await stacks.backUp();
  await from.sql(tables + rows);
  await to.sql(`${tables}; INSERT INTO items VALUES (1, 'own')`);
  await to.serve();
});
afterAll(() => stacks.remove());

/** Nothing is left on the way, and what was there is there. */
async function expectOld(): Promise<void> {
  expect(await stacks.remains()).toBe("");
  expect(await stacks.databases()).toEqual(["app"]);
  expect(await to.sql("SELECT name FROM items")).toBe("own");
  expect(await to.ask()).toBe("200");
}

describe("what is not named stops the copy", () => {
  it.each([
    [
      "a column",
      "    born: { value: 1970-01-01 }\n",
      "people.born (date) has no rule; allowed: keep, null",
    ],
    ["a table", "  items: { id: keep, name: keep }\n", "items.name (text) has no rule"],
    ["large objects", "largeObjects: empty\n", "1 large objects have no rule"],
  ])("%s", async (_, line, reason) => {
    expect(rules).toContain(line);
    stacks.write({ text: rules.replace(line, "") });
    const { exitCode, stderr } = await stacks.refresh();
    stacks.write({});
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^slipway: [^\n]+; nothing was copied: [^\n]+$/);
    expect(stderr).toContain(reason);
    await expectOld();
  });

  const makeCopy = (world: typeof from) =>
    world.run("make-masked-copy", "apply", {
      ...{ DATABASE: world.database, COLUMNS: '{"columns" : []}', MASKING: "SELECT 1" },
      REPOSITORIES: "1",
    });

  it("a source that is not saved", async () => {
    stacks.write({ source: { "slipway:backups": { enabled: false } } });
    const { exitCode, stderr } = await stacks.refresh();
    stacks.write({});
    expect([exitCode, stderr]).toEqual([
      1,
      `slipway: ${from.stack} has no backups, and a copy is restored from one; set slipway:backups.enabled to true and deploy it: npm run pulumi -- up --stack ${from.stack}`,
    ]);
    await expectOld();
  });

  it("a backup that is not there", async () => {
    const made = await makeCopy(to);
    expect([made.exitCode, made.stdout]).toEqual([1, ""]);
    expect(made.stderr).toContain(
      `no repository has a backup of ${to.stack} yet; take one: npm run backup -- --stack ${to.stack}`,
    );
  });

  it("a column that is added while the copy is made", async () => {
    const made = await makeCopy(from);
    expect([made.exitCode, made.stdout]).toEqual([1, ""]);
    expect(made.stderr).toContain(`the tables of ${from.stack} have changed meanwhile`);
  });

  it("a value that a rule makes and the table refuses, which nobody gets to see", async () => {
    stacks.write({ text: rules.replace("nick: name", "nick: { value: '' }") });
    const { exitCode, all } = await stacks.refresh();
    stacks.write({});
    expect(exitCode).toBe(1);
    expect(all).toContain("violates check constraint");
    expect(all).toMatch(/slipway: a value could not be masked: .* change the rule/);
    expect(all).not.toContain(planted);
    await expectOld();
  });
});

it("killed while it is loaded, the database is what it was, and the host clears away the rest", async () => {
  const running = stacks.refresh();
  const loads = async () => ((await stacks.databases()).length > 1 ? true : undefined);
  await until(loads, 280).finally(() => process.kill(-(running.pid as number), "SIGKILL"));
  await running;
  expect(await to.sql("SELECT name FROM items")).toBe("own");
  expect(await to.ask()).toBe("200");
  await until(async () => ((await stacks.databases()).length === 1 ? true : undefined));
});

describe("is not loaded", () => {
  const load = (input: string) =>
    to.run(
      "load-copy",
      "apply",
      { DATABASE: to.database, COPY: "1" },
      {
        change: (text) => text + input,
      },
    );
  const base64 = (text: string) => Buffer.from(text).toString("base64");

  it.each([
    ["nothing", "", /^no copy came for /],
    [
      "a newer server's",
      `990001 1000 ${base64("owner")} -\n`,
      /^the copy comes from Postgres 99, and .* has 17: deploy the newer one there first$/,
    ],
    [
      "one that is too large",
      `170000 ${2 ** 60} ${base64("owner")} -\n`,
      /needs \d+ MB on the file system of /,
    ],
    [
      "one with a role that is not there",
      `170000 1000 ${base64("owner\nreporting")} -\n`,
      /needs a role reporting, .*; type: npm run psql -- --stack .* -c 'CREATE ROLE "reporting"'$/,
    ],
    [
      "none at all after its line",
      `170000 1000 ${base64("owner")} -\n`,
      /the copy could not be loaded: /,
    ],
  ])("%s", async (_, input, reason) => {
    const { exitCode, stderr } = await load(input);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(reason);
    await expectOld();
  });
});

describe("a copy", () => {
  let all = "";
  beforeAll(async () => {
    await to.sql(
      "ALTER DATABASE app SET work_mem TO '5MB'; ALTER ROLE app IN DATABASE app SET work_mem TO '6MB'",
    );
    await redis("SET task 1");
    // What a load left that was killed.
    for (const name of ["app.copy", "app.before"]) await to.sql(`CREATE DATABASE "${name}"`);
    const copied = await stacks.refresh();
    all = copied.all;
    expect(copied.exitCode, all).toBe(0);
  });

  it("has no value that was planted, in no file of the server and in no dump", async () => {
    const needles = [
      planted,
      "znzibab7",
      plantedId.slice(0, 8),
      Buffer.from(planted).toString("hex"),
    ];
    const files = (world: typeof to) =>
      execa(
        "docker",
        [
          "exec",
          "--env",
          "LC_ALL=C",
          world.named("postgres"),
          "grep",
          "-rlaiE",
          needles.join("|"),
        ].concat("/var/lib/postgresql/data"),
        { reject: false },
      );
    await Promise.all([from, to].map((world) => world.sql("CHECKPOINT")));
    const [original, copied] = await Promise.all([files(from), files(to)]);
    expect(original.stdout.split("\n").length).toBeGreaterThan(10);
    expect(copied).toMatchObject({ exitCode: 1, stdout: "", stderr: "" });
    const dump = await docker(
      "exec",
      to.named("postgres"),
      "pg_dump",
      "-U",
      "postgres",
      "--create",
      to.database,
    );
    expect(dump).toContain("COPY public.people");
    expect(dump).toContain("CREATE SERVER far");
    expect(dump).not.toMatch(/^(COMMENT ON TABLE|CREATE PUBLICATION|CREATE USER MAPPING)/m);
    expect(dump).not.toMatch(/(app|owner)_g1/);
    for (const text of [dump, all, await docker("logs", to.named("postgres"))]) {
      for (const needle of needles) expect(text.toLowerCase()).not.toContain(needle);
    }
    const tokens = (await from.sql("SELECT token FROM people LIMIT 100")).split("\n");
    expect(tokens.filter((token) => dump.includes(token))).toEqual([]);
  });

  it.each([
    "SELECT count(*), count(DISTINCT id), count(DISTINCT mail), count(DISTINCT short), count(DISTINCT name) FROM people",
    "SELECT count(*) FROM logins JOIN people USING (mail) WHERE person = people.id",
    "SELECT count(*) FROM visits JOIN people USING (name)",
    `SELECT count(*), count(*) FILTER (WHERE "Ids"[1] = person) FROM people JOIN logins ON person = people.id`,
    "SELECT count(*) FROM places JOIN people USING (address)",
    `SELECT array_agg("a ""column""" = '') FROM "Odd ""Schema"."a 'table'"`,
    "SELECT array_agg(DISTINCT cardinality(tags)), bool_and(tags[2] IS NULL) FROM people",
    "SELECT count(*) FROM names",
    "SELECT tgenabled FROM pg_trigger WHERE tgname = 'tell' UNION ALL SELECT ev_enabled FROM pg_rewrite WHERE rulename = 'keep'",
    "SELECT count(*) FROM pg_largeobject_metadata",
    "SELECT pg_get_userbyid(relowner), relacl FROM pg_class WHERE relname = 'people'",
    "SELECT nextval('logins_id_seq') > 999",
  ])("keeps what belongs together: %s", async (question) => {
    expect(await to.sql(question)).toBe(await from.sql(question));
  });

  it("looks like what it stands for", async () => {
    const shape = `SELECT bool_and(mail ~ '^[0-9a-f]{16}@example[.]com$') AND bool_and(phone ~ '^[+]999[0-9]{11}$')
      AND bool_and(name ~ '^[A-Z][a-z]+ [A-Z][a-z]+ [0-9a-f]{12}$') AND bool_and(address ~ '^[0-9]+ Example Street ')
      AND bool_and(profile = '{}') AND bool_and(gone IS NULL) AND bool_and(born = '1970-01-01') FROM people`;
    expect(await to.sql(shape)).toBe("t");
    // Neither did the trigger that always acts write there, nor the rule keep it.
    expect(await to.sql("SELECT count(*) FROM audit")).toBe("0");
  });

  it("leaves owner, grants and settings of the database as they were", async () => {
    const database = `SELECT pg_get_userbyid(datdba), datacl, shobj_description(oid, 'pg_database') IS NULL,
      ARRAY(SELECT setconfig::text FROM pg_db_role_setting WHERE setdatabase = d.oid ORDER BY 1) FROM pg_database d WHERE datname = 'app'`;
    expect(await to.sql(database)).toBe(
      'owner|{owner=CTc/owner,app=Tc/owner,backup=c/owner,readonly=c/owner}|t|{"{work_mem=5MB}","{work_mem=6MB}"}',
    );
    expect(await stacks.databases()).toEqual(["app"]);
  });

  it("serves, and its queues are empty", async () => {
    expect(await to.ask()).toBe("200");
    expect(await stacks.remains()).toBe("");
    expect(await redis("DBSIZE")).toBe("0");
    expect(to.read("journal/log")).toContain(`"event":"refreshed","from":"${from.stack}"`);
  });
});

it("into a database with other tables has the next deploy run its migration", async () => {
  await to.sql("ALTER TABLE items ADD COLUMN later text");
  const without = await stacks.refresh();
  expect(without.exitCode).toBe(1);
  expect(await to.sql("SELECT count(later) FROM items")).toBe("0");
  await stacks.deployed("migration", "networks");
  const { exitCode, all, stdout } = await stacks.refresh();
  expect(exitCode, all).toBe(0);
  expect(stdout).toMatch(
    /the release of .* knows others; type: npm run pulumi -- up --stack test-\w+$/,
  );
  await expect(to.sql("SELECT later FROM items")).rejects.toThrow("does not exist");
  expect(await to.ask()).toBe("200");
  const exported = await stacks.script("run-pulumi.ts", "stack", "export", "--stack", to.stack);
  const creates = JSON.parse(exported.stdout).deployment.resources.map(
    ({ id, inputs }: { id: string; inputs?: { create: string } }) => [id, inputs?.create],
  );
  expect(creates).toEqual([
    ["one", undefined],
    ["migration", "exit 1"],
    ["networks", "true"],
  ]);
});

function redis(command: string): Promise<string> {
  return docker(
    ...["exec", to.named("redis"), "redis-cli", "--user", "admin", "--pass", "admin-password"],
    ...["--no-auth-warning", ...command.split(" ")],
  );
}
