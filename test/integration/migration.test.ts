import { statSync, writeFileSync } from "node:fs";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { docker, until } from "../throw-away.ts";
import { MigrationWorld } from "./migration-world.ts";

const world = new MigrationWorld();
const create = `CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, kind varchar CHECK (kind IN ('a', 'b')))`;
const addition = "ALTER TABLE items ADD COLUMN note text";
const renaming = "ALTER TABLE items RENAME COLUMN name TO title";

beforeAll(() => world.make());
afterAll(() => world.remove());
beforeEach(() => world.reset());
afterEach(async () => expect(await world.remains()).toEqual([]));

/** A database with rows, at the first migration, and a service that reads them. */
async function prepare(): Promise<string> {
  await world.sql(`
    SET ROLE owner; ${create};
    CREATE TABLE version (at timestamptz DEFAULT now()); INSERT INTO version DEFAULT VALUES;
    INSERT INTO items SELECT each, 'item ' || each, 'a' FROM generate_series(1, 1000) each`);
  return world.serve();
}

const applied = () => world.sql("SELECT count(*) FROM version");

async function expectUntouched(): Promise<void> {
  expect(await applied()).toBe("1");
  expect(world.isMarked()).toBe(false);
}

/** Neither in what is printed nor in an error: what a migration says of its password. */
function expectNoSecret({ stdout, stderr }: { stdout: string; stderr: string }): void {
  for (const secret of Object.values(world.passwords))
    expect(stdout + stderr).not.toContain(secret);
}

describe("what is pending", () => {
  it("is asked, and where nothing is, nothing is done but the mark left", async () => {
    await prepare();
    const { exitCode, stdout } = await world.migrate([create]);
    expect(stdout).toMatch(/^no migration is pending: [\d.]+ s$/);
    expect(exitCode).toBe(0);
    expect(world.isMarked()).toBe(true);
    expect(world.restorePoints()).toEqual([]);
  });

  it("is not, in a database that is newer than the image: that is a rollback", async () => {
    await prepare();
    await world.sql("INSERT INTO version DEFAULT VALUES");
    const { exitCode, stdout } = await world.migrate([create]);
    expect(stdout).toContain("the database is newer than this image");
    expect(exitCode).toBe(0);
    expect(world.isMarked()).toBe(true);
    expect(await applied()).toBe("2");
  });

  it("is not known when the command fails, and its last lines are shown without secrets", async () => {
    await prepare();
    const settings = btoa(`MIGRATIONS=${JSON.stringify([create, addition])}`);
    const failing = { SETTINGS: `${settings}\n${btoa("PENDING_STATUS=7")}` };
    const result = await world.migrate([], failing);
    expect(result.exitCode).not.toBe(0);
    expect(result.stderr).toContain("password of the owner ***");
    expect(result.stderr).toContain("ended with exit code 7");
    expect(result.stderr).toContain(
      `the database was not touched, and release ${world.live} serves on`,
    );
    expectNoSecret(result);
    await expectUntouched();
  });

  it("goes into an empty database without a restore point", async () => {
    const { exitCode, stdout } = await world.migrate([create]);
    expect(stdout).toContain("the database is empty");
    expect(exitCode).toBe(0);
    expect(await applied()).toBe("1");
    expect(world.isMarked()).toBe(true);
    expect(world.restorePoints()).toEqual([]);
  });

  it("goes into somebody else's database without a restore point, and that is said", async () => {
    await prepare();
    const { exitCode, stdout } = await world.migrate([create, renaming], { DATABASE: "" });
    expect(stdout).toContain(
      "Postgres is managed: no restore point is made, and nothing is rehearsed",
    );
    expect(exitCode).toBe(0);
    expect(await applied()).toBe("2");
  });
});

describe("Alembic", () => {
  it("is asked by its own configuration, for what is pending and whether the database is newer", async () => {
    const words = (...each: string[]) => each.map((word) => btoa(word)).join("\n");
    const alembic = {
      ...{ IMAGE: world.erp, COMMAND: words("alembic", "upgrade", "head"), SETTINGS: "" },
      PENDING: words("python3", "/run/slipway/bin/pending-alembic.py", "--config", "alembic.ini"),
    };
    const first = await world.migrate([], alembic);
    expect(first.stdout, first.stderr).toMatch(
      /^pending: 2, asked in [\d.]+ s: 0001_orders Orders and their invoices.; 0002_ticks Ticks of the beat.$/m,
    );
    expect(await world.sql("SELECT version_num FROM alembic_version")).toBe("0002_ticks");
    expect((await world.migrate([], alembic)).stdout).toContain("no migration is pending");
    await world.sql("UPDATE alembic_version SET version_num = '0009_later'");
    const later = await world.migrate([], alembic);
    expect(later.stdout).toContain(
      "the database is newer than this image (0009_later): nothing is migrated",
    );
    expect(later.exitCode).toBe(0);
  });

  it("is not asked of a database that is where the image's migrations end", async () => {
    const heads = async (...command: string[]) =>
      (await world.run("migration-heads", "apply", world.heads(command))).stdout;
    const known = await heads("alembic", "heads");
    expect(known).toBe("0002_ticks");
    expect(await heads("alembic", "history")).toBe("");
    expect(await heads("alembic", "--config", "nothing.ini", "heads")).toBe("");

    // Whoever asks the image fails.
    const silent = { IMAGE: world.erp, PENDING: btoa("false"), HEADS: known };
    const isAsked = async () => (await world.migrate([], silent)).failed;
    expect(await isAsked()).toBe(true);
    await world.sql(
      "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('0002_ticks')",
    );
    expect(await isAsked()).toBe(false);
    expect(world.isMarked()).toBe(true);
    await world.sql("INSERT INTO alembic_version VALUES ('0001_other')");
    expect(await isAsked()).toBe(true);
    await world.sql("UPDATE alembic_version SET version_num = '0001_orders'");
    expect(await isAsked()).toBe(true);
  });
});

describe("with data", () => {
  it("a restore point is made, restored and compared, all is rehearsed, and the migration done once", async () => {
    await prepare();
    const { exitCode, stdout, stderr } = await world.migrate([create, addition]);
    expect(exitCode, stderr).toBe(0);
    expect(stdout.split("\n")).toEqual([
      expect.stringMatching(/^pending: 1, asked in [\d.]+ s: ALTER TABLE items ADD COLUMN note/),
      expect.stringMatching(/^restore point: [\d.]+ s, \d+ MB, restored and compared: .*\.dump$/),
      expect.stringMatching(/^rehearsal: [\d.]+ s, /),
      expect.stringMatching(/^old code: [\d.]+ s, .*\(web; smoke paths: 1\)$/),
      expect.stringMatching(/^migration: [\d.]+ s$/),
    ]);
    expect(await applied()).toBe("2");
    expect(world.isMarked()).toBe(true);
    const [point = "", ...more] = world.restorePoints();
    expect(more).toEqual([]);
    expect(point).toMatch(/^\d{8}T\d{6}Z-1111bbbb\.dump$/);
    const { mode, uid } = statSync(world.file("restore-points", point));
    expect({ mode: mode & 0o777, uid }).toEqual({ mode: 0o600, uid: 0 });
    const list = ["exec", "--interactive", world.named("postgres"), "pg_restore", "--list"];
    const { stdout: toc } = await execa("docker", list, {
      inputFile: world.file("restore-points", point),
    });
    expect(toc).toContain("TABLE DATA public items owner");
  });

  it("only the newest restore points stay", async () => {
    await prepare();
    for (const day of ["01", "02", "03"]) {
      writeFileSync(world.file("restore-points", `202601${day}T000000Z-0000aaaa.dump`), "");
    }
    await world.migrate([create, addition], { RESTORE_POINTS: "2" });
    const [second, newest, ...more] = world.restorePoints();
    expect([second, more]).toEqual(["20260103T000000Z-0000aaaa.dump", []]);
    expect(newest).toMatch(/1111bbbb\.dump$/);
  });

  it("a copy that lacks a row is no restore point", async () => {
    await prepare();
    const losing = `eval "$(declare -f restore | sed '1s/restore/restore_all/')"
      restore() { restore_all; psql_in "$copy" "$DATABASE" <<<'DELETE FROM items WHERE id = 1'; }`;
    const { exitCode, stderr } = await world.migrate(
      [create, addition],
      {},
      {
        change: (text) => text.replace('"$1" {', () => `${losing}\n"$1" {`),
      },
    );
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("< rows public.items 1000\n> rows public.items 999");
    expect(stderr).toContain("is not what the database was");
    expect(world.restorePoints()).toEqual([]);
    await expectUntouched();
  });

  it("a dump that cannot be restored is none either, and shows no row", async () => {
    await prepare();
    await world.sql(`
      CREATE FUNCTION allowed(int) RETURNS bool LANGUAGE sql AS 'SELECT $1 <= (SELECT count(*) FROM items)';
      CREATE TABLE parts (id int CHECK (allowed(id)), text text); INSERT INTO parts VALUES (900, 'a private thing')`);
    const { exitCode, stderr } = await world.migrate([create, addition]);
    await world.sql("DROP TABLE parts; DROP FUNCTION allowed");
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('relation "items" does not exist');
    expect(stderr).toContain("the dump of the database could not be restored");
    expect(stderr).not.toContain("a private thing");
    await expectUntouched();
  });

  it("too little room is seen before", async () => {
    const { exitCode, stderr } = await world.migrate(
      [create],
      {},
      {
        change: (text) => text.replace('"$1" {', "require_space 9000000000000000 {"),
      },
    );
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(
      /needs 85\d+ MB on the file system of .*, and \d+ MB are free; make room there/,
    );
  });
});

describe("a rehearsal", () => {
  it("that raises leaves the database as it is", async () => {
    await prepare();
    const result = await world.migrate([create, "ALTER TABLE nothing ADD COLUMN note text"]);
    expect(result.exitCode).not.toBe(0);
    expect(result.stderr).toContain('relation "nothing" does not exist');
    expect(result.stderr).toContain("failed on a copy of the database with exit code 1");
    expect(result.stderr).toContain(
      `the database was not touched, and release ${world.live} serves on`,
    );
    expectNoSecret(result);
    await expectUntouched();
    expect(world.restorePoints()).toHaveLength(1);
  });

  it("has the limits of the migration's role", async () => {
    await prepare();
    const { exitCode, stderr } = await world.migrate([create, "SELECT pg_sleep(30)"]);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("canceling statement due to statement timeout");
    await expectUntouched();
  });

  it("that the old code does not survive leaves the database as it is, and says the way out", async () => {
    await prepare();
    const { exitCode, stderr } = await world.migrate([create, renaming], { READY_SECONDS: "3" });
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('column "name" does not exist');
    expect(stderr).toContain(
      "web of release 0000aaaa was not ready (/) within 3 seconds on the migrated copy",
    );
    expect(stderr).toContain(
      `--stack ${world.stack} config set --path slipway:migration.downtime declared`,
    );
    await expectUntouched();
  });

  it("asks the smoke paths of the old code, by the name that they are asked for", async () => {
    await prepare();
    world.describe(["service web 8000 1 /", "smoke web other.test /name"]);
    const { exitCode, stderr } = await world.migrate([create, addition]);
    world.describe(["service web 8000 1 /", "smoke web app.test /name"]);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("not ready: other.test");
    expect(stderr).toContain(
      "web of release 0000aaaa did not answer well to /name on the migrated copy",
    );
    await expectUntouched();
  });

  it("asks the health check of a release that an older Slipway deployed", async () => {
    await prepare();
    world.describe();
    const { exitCode, stdout, stderr } = await world.migrate([create, renaming], {
      READY_SECONDS: "3",
    });
    world.describe(["service web 8000 1 /", "smoke web app.test /name"]);
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain("was deployed by an older Slipway");
    expect(stderr).toContain("its code cannot live with the new schema");
    await expectUntouched();
  });
});

/** Holds a lock that lets everybody read and write rows, until it is let go. */
async function lock(): Promise<() => Promise<void>> {
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
  const holder = execa("docker", words, { reject: false });
  holder.stdin.write("BEGIN; LOCK TABLE items IN ROW EXCLUSIVE MODE; \\echo held\n");
  await holder.iterable()[Symbol.asyncIterator]().next();
  return async () => {
    holder.stdin.end();
    await holder;
  };
}

describe("the migration of the database itself", () => {
  it("gives up when somebody holds a lock, and names the restore point", async () => {
    const service = await prepare();
    const release = await lock();
    const result = await world.migrate([create, addition]);
    await release();
    expect(result.exitCode).not.toBe(0);
    expect(result.stderr).toContain("canceling statement due to lock timeout");
    expect(result.stderr).toContain("for longer than migration.lockSeconds");
    expect(result.stderr).toContain(
      `what the database was before, is in ${world.file("restore-points")}/${world.restorePoints()[0]}`,
    );
    expect(result.stderr).toContain("release 0000aaaa serves on");
    expect(result.stderr).not.toContain("a part of the migration is done");
    expectNoSecret(result);
    await expectUntouched();
    expect(await world.runs(service)).toBe(true);
  });

  it("says so when a part of it is done", async () => {
    await prepare();
    const release = await lock();
    const { exitCode, stderr } = await world.migrate([
      create,
      "CREATE TABLE parts (id int)",
      addition,
    ]);
    await release();
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("a part of the migration is done");
    expect(await applied()).toBe("2");
    expect(world.isMarked()).toBe(false);
  });

  it("is stopped with all that it asked for when its time is over", async () => {
    const { exitCode, stderr } = await world.migrate(["SELECT pg_sleep(4.5)"], { TIMEOUT: "2" });
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("the migration did not end within 2 seconds and was stopped");
    const sessions = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'owner_g1'";
    await until(async () => ((await world.sql(sessions)) === "0" ? true : undefined), 1);
  });
});

describe("declared downtime", () => {
  it("puts the page up, stops what serves, and leaves both to the switch", async () => {
    const service = await prepare();
    expect(await world.ask()).toBe("200");
    const { exitCode, stdout, stderr } = await world.migrate([create, renaming], {
      DOWNTIME: "declared",
    });
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain("rehearsal: ");
    expect(stdout).not.toContain("old code: ");
    expect(await applied()).toBe("2");
    expect(await world.ask()).toBe("503 page");
    expect(await world.runs(service)).toBe(false);
    expect(world.read("journal/downtime")).toBe(world.next);
    // The next run finds nothing to do, and neither ends nor forgets it.
    const again = await world.migrate([create, renaming], { DOWNTIME: "declared" });
    expect(again.stdout).toContain(`the page stands until release ${world.next} serves`);
    expect(await world.ask()).toBe("503 page");
    await world.sql("ALTER TABLE items RENAME COLUMN title TO name");
    const { stdout: said } = await world.run("recover", "apply", {
      ...world.migration([]),
      ...{ EDGE: "slipway-edge", EDGE_FILE: `edges/edge/dynamic/${world.stack}.yml` },
    });
    expect(said).toContain("nothing was migrated, and release");
    expect(await world.ask()).toBe("200");
    expect(await world.runs(service)).toBe(true);
  });

  it("ends when the migration fails, and what served before serves again", async () => {
    const service = await prepare();
    const release = await lock();
    const { exitCode, stderr } = await world.migrate([create, renaming], { DOWNTIME: "declared" });
    await release();
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("what the database was before, is in");
    expect(await world.runs(service)).toBe(true);
    expect(await world.ask()).toBe("200");
    expect(() => world.read("journal/downtime")).toThrow("ENOENT");
    await expectUntouched();
  });

  it("of a deploy that was killed ends before anything else is tried", async () => {
    const service = await prepare();
    writeFileSync(world.file("journal/downtime"), "2222cccc\n");
    await docker("stop", "--time", "1", service);
    const { exitCode, stdout } = await world.migrate([create, "SELECT nothing"]);
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain("killed in its downtime; release 0000aaaa serves again");
    expect(await world.ask()).toBe("200");
    expect(() => world.read("journal/downtime")).toThrow("ENOENT");
  });
});

describe("killed", () => {
  /** Starts a migration, and sends a signal as soon as it has come to a container of this name: KILL to all of it. */
  async function killAt(container: string, statements: string[], signal: NodeJS.Signals) {
    const running = world.migrate(statements);
    await until(async () => ((await world.runs(container)) ? true : undefined), 120);
    const pid = running.pid as number;
    process.kill(signal === "SIGKILL" ? -pid : pid, signal);
    return running;
  }

  it.each(["postgres", "migration", "web"])(
    "with KILL while %s of the rehearsal runs, the next one works",
    async (name) => {
      await prepare();
      await killAt(`slipway-${world.stack}.rehearsal.${name}`, [create, addition], "SIGKILL");
      await expectUntouched();
      expect(await world.remains()).not.toEqual([]);
      const { exitCode, stderr } = await world.migrate([create, addition]);
      expect(exitCode, stderr).toBe(0);
      expect(await applied()).toBe("2");
      expect(
        world.restorePoints().every((point) => point.endsWith(".dump") && !point.startsWith(".")),
      ).toBe(true);
    },
  );

  it("with TERM it takes away what it made", async () => {
    await prepare();
    await killAt(`slipway-${world.stack}.rehearsal.postgres`, [create, addition], "SIGTERM");
    expect(world.restorePoints()).toEqual([]);
    await expectUntouched();
  });

  it("while the database is migrated, nobody begins again before that has ended", async () => {
    await prepare();
    const limit = (seconds: number) =>
      world.sql(`ALTER ROLE owner_g1 SET lock_timeout = '${seconds}s';
        ALTER ROLE owner_g1 SET statement_timeout = '${seconds}s'`);
    await limit(120);
    const release = await lock();
    await killAt(world.named("migration"), [create, addition], "SIGKILL");
    const { exitCode, stderr } = await world.migrate([create, addition]);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(`a migration of ${world.stack} is still running`);
    await release();
    await until(async () => ((await world.runs(world.named("migration"))) ? undefined : true));
    await limit(5);
    const { stdout } = await world.migrate([create, addition]);
    expect(stdout).toContain("no migration is pending");
    expect(await applied()).toBe("2");
  });
});
