import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { docker } from "../../throw-away.ts";
import { MigrationWorld } from "../migration/world.ts";

const world = new MigrationWorld();

beforeAll(async () => {
  await world.make();
  world.write("journal/log", "");
  await world.sql("SET ROLE owner; CREATE TABLE items (id int, name text)");
  await world.serve();
});
afterAll(() => world.remove());

/** A database with another row than the environment's own, as it is when it was loaded. */
beforeEach(async () => {
  await world.sql(
    "UPDATE items SET name = 'old'; INSERT INTO items SELECT 1, 'old' WHERE NOT EXISTS (SELECT FROM items)",
  );
  await sql(
    "template1",
    'DROP DATABASE IF EXISTS "app.copy"',
    'DROP DATABASE IF EXISTS "app.before"',
  );
  await sql("template1", 'CREATE DATABASE "app.copy" TEMPLATE template0 OWNER owner');
  await sql(
    "app.copy",
    "SET ROLE owner; CREATE TABLE items (id int, name text); INSERT INTO items VALUES (1, 'new')",
  );
  await sql(
    "app.copy",
    `GRANT SELECT ON items TO app; COMMENT ON DATABASE "app.copy" IS 'this one'`,
  );
});

function sql(database: string, ...statements: string[]): Promise<string> {
  const commands = statements.flatMap((each) => ["--command", each]);
  return docker(
    "exec",
    world.named("postgres"),
    "psql",
    "-U",
    "postgres",
    "-d",
    database,
    "-qAt",
    ...commands,
  );
}

function replace(change = (text: string) => text, more: Record<string, string> = {}) {
  const { HOSTS, ...page } = world.migration([]);
  const variables = {
    COPY: "this one",
    FROM: "production",
    WAITS: "yes",
    HOSTS: "app.test",
    ...more,
  };
  return world.run("replace-database", "apply", { ...page, ...variables }, { change });
}

const after = (line: string) => (text: string) => {
  expect(text).toContain(`\n  ${line}\n`);
  return text.replace(`\n  ${line}\n`, (found) => `${found}  kill -9 $$\n`);
};

const present = () =>
  world.sql(
    "SELECT string_agg(datname, ' ' ORDER BY datname COLLATE \"C\") FROM pg_database WHERE datname LIKE 'app%'",
  );

describe("killed with KILL", () => {
  it.each([
    ["begin_downtime >/dev/null", "old", "app app.copy"],
    ["empty_queues", "old", "app app.copy"],
    ["swap", "new", "app app.before"],
    ["resume 60", "new", "app app.before"],
  ])(
    "after %s, the database is the %s one; it serves after `recover`, and a second time finishes",
    async (line, name, databases) => {
      const { exitCode } = await replace(after(line));
      expect(exitCode).not.toBe(0);
      expect(await present()).toBe(databases);
      expect(await world.sql("SELECT name FROM items")).toBe(name);
      expect(await world.ask()).toBe(line === "resume 60" ? "200" : "503 page");
      const recovered = await world.run("recover", "apply", {
        ...{
          ...world.migration([]),
          EDGE: "slipway-edge",
          EDGE_FILE: `edges/edge/dynamic/${world.stack}.yml`,
        },
      });
      expect(recovered.exitCode, recovered.stderr).toBe(0);
      expect(await world.ask()).toBe("200");
      if (name === "new") return;
      const again = await replace();
      expect(again.exitCode, again.stderr).toBe(0);
      expect(await present()).toBe("app");
      expect(await world.sql("SELECT name FROM items")).toBe("new");
      expect(await world.ask()).toBe("200");
    },
  );
});

it("what cannot be renamed as a whole is not renamed at all, and the old one serves again", async () => {
  const { exitCode, stderr } = await replace((text) =>
    text
      .replace("wait_for 30 try_swap", "wait_for 1 try_swap")
      .replace('COMMENT ON DATABASE "$DATABASE" IS NULL', "SELECT 1 / 0"),
  );
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^the database of .* could not be replaced: .*division by zero/);
  expect(await present()).toBe("app app.copy");
  expect(await world.sql("SELECT name FROM items")).toBe("old");
  expect(await world.ask()).toBe("200");
});

it("who is connected does not keep it from being replaced", async () => {
  const words = [
    "exec",
    "--interactive",
    world.named("postgres"),
    "psql",
    "-U",
    "postgres",
    "-d",
    "app",
  ];
  const session = execa("docker", words, { reject: false });
  session.stdin.write("BEGIN; TABLE items; \\echo held\n");
  await session.iterable()[Symbol.asyncIterator]().next();
  const { exitCode, stdout, stderr } = await replace();
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toMatch(/^nothing served for [\d.]+ s$/);
  expect(await world.sql("SELECT name FROM items")).toBe("new");
  session.stdin.end();
  await session;
});

describe("is refused", () => {
  it("for a copy that somebody else has loaded", async () => {
    const { exitCode, stderr } = await replace(undefined, { COPY: "that one" });
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining("is gone: somebody else makes one"),
    ]);
  });

  it("while a deploy is at work", async () => {
    const lock = execa("flock", [world.file("journal"), "sh", "-c", "echo locked; cat"]);
    await lock.iterable()[Symbol.asyncIterator]().next();
    const { exitCode, stderr } = await replace();
    lock.stdin.end();
    await lock;
    expect([exitCode, stderr]).toEqual([
      1,
      `a deploy of ${world.stack} is at work; type it again when it has ended`,
    ]);
    expect(await world.ask()).toBe("200");
  });
});
