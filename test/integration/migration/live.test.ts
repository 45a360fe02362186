import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { docker, until } from "../../throw-away.ts";
import { addition, create, renaming, useMigrationWorld } from "./fixture.ts";

const { applied, expectNoSecret, expectUntouched, lock, prepare, world } = useMigrationWorld();

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
      `type: npm run restore -- --stack ${world.stack} --to ${world.restorePoints()[0]} --into live`,
    );
    expect(result.stderr).toContain("release 0000aaaa serves on");
    expect(result.stderr).not.toContain("a part of the migration is done");
    expectNoSecret(result);
    await expectUntouched();
    expect(await world.runs(service)).toBe(true);
  });

  it("does not wait for what notes down what a backup has", async () => {
    await prepare();
    const release = await lock("slipway-witness");
    const { exitCode, stderr } = await world.migrate([create, addition]);
    await release();
    expect(exitCode, stderr).toBe(0);
    expect(await applied()).toBe("2");
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
    const recover = async () =>
      (
        await world.run("recover", "apply", {
          ...world.migration([]),
          ...{ EDGE: "slipway-edge", EDGE_FILE: `edges/edge/dynamic/${world.stack}.yml` },
        })
      ).stdout;
    expect(await recover()).toContain(`the database is migrated for release ${world.next}`);
    expect(await world.ask()).toBe("503 page");
    world.write("journal/log", "");
    expect(await recover()).toContain("nothing was migrated, and release");
    expect(await world.ask()).toBe("200");
    expect(await world.runs(service)).toBe(true);
  });

  it("ends when the migration fails, and what served before serves again", async () => {
    const service = await prepare();
    const release = await lock();
    const { exitCode, stderr } = await world.migrate([create, renaming], { DOWNTIME: "declared" });
    await release();
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("to go back to what the database was before, type:");
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
