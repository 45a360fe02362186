import { execa } from "execa";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { MigrationWorld } from "./world.ts";

export const create = `CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, kind varchar CHECK (kind IN ('a', 'b')))`;
export const addition = "ALTER TABLE items ADD COLUMN note text";
export const renaming = "ALTER TABLE items RENAME COLUMN name TO title";

interface Said {
  stdout: string;
  stderr: string;
}

/** An environment of the test file's own, whose database each test finds empty and nobody leaves a rehearsal in. */
export function useMigrationWorld() {
  const world = new MigrationWorld();
  beforeAll(() => world.make());
  afterAll(() => world.remove());
  beforeEach(() => world.reset());
  afterEach(async () => expect(await world.remains()).toEqual([]));
  const applied = () => world.sql("SELECT count(*) FROM version");
  const expectUntouched = async () => {
    expect(await applied()).toBe("1");
    expect(world.isMarked()).toBe(false);
  };
  /** Neither in what is printed nor in an error: what a migration says of its password. */
  const expectNoSecret = ({ stdout, stderr }: Said) => {
    for (const secret of Object.values(world.passwords))
      expect(stdout + stderr).not.toContain(secret);
  };
  return {
    world,
    expectUntouched,
    expectNoSecret,
    /** It failed for these reasons, said so without a secret, and left the database alone. */
    async expectHarmless(result: Said & { exitCode?: number | undefined }, ...reasons: string[]) {
      expect(result.exitCode).not.toBe(0);
      for (const reason of reasons) expect(result.stderr).toContain(reason);
      expect(result.stderr).toContain(
        `the database was not touched, and release ${world.live} serves on`,
      );
      expectNoSecret(result);
      await expectUntouched();
    },
    /** How many migrations the database has. */
    applied,
    /** A database with rows, at the first migration, and a service that reads them. Returns the service's container. */
    async prepare(): Promise<string> {
      await world.sql(`
        SET ROLE owner; ${create};
        CREATE TABLE version (at timestamptz DEFAULT now()); INSERT INTO version DEFAULT VALUES;
        INSERT INTO items SELECT each, 'item ' || each, 'a' FROM generate_series(1, 1000) each`);
      return world.serve();
    },
    /** Holds a lock that lets everybody read and write rows, until it is let go. */
    async lock(application = "psql"): Promise<() => Promise<void>> {
      const words = [
        "exec",
        "--interactive",
        "--env",
        `PGAPPNAME=${application}`,
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
    },
  };
}
