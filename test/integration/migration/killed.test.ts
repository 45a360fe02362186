import { expect, it } from "vitest";
import { until } from "../../throw-away.ts";
import { addition, create, useMigrationWorld } from "./fixture.ts";

const { applied, expectUntouched, lock, prepare, world } = useMigrationWorld();

/** Starts a migration, and sends a signal as soon as it has come to a container of this name: KILL to all of it. */
async function killAt(
  container: string,
  statements: string[],
  signal: NodeJS.Signals,
  changes = {},
) {
  const running = world.migrate(statements, changes);
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
  // What waits for the container outlives the script for as long as the migration may take.
  const short = { TIMEOUT: "20" };
  await killAt(world.named("migration"), [create, addition], "SIGKILL", short);
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
