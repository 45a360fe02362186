import { describe, expect, it } from "vitest";
import { addition, create, renaming, useMigrationWorld } from "./fixture.ts";
import { encoded } from "./world.ts";

const { applied, expectHarmless, prepare, world } = useMigrationWorld();

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
    await expectHarmless(result, "password of the owner ***", "ended with exit code 7");
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
    const alembic = {
      ...{ IMAGE: world.erp, COMMAND: encoded(["alembic", "upgrade", "head"]), SETTINGS: "" },
      PENDING: encoded([
        "python3",
        "/run/slipway/bin/pending-alembic.py",
        "--config",
        "alembic.ini",
      ]),
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
