import { describe, expect, it } from "vitest";
import { addition, create, renaming, useMigrationWorld } from "./fixture.ts";

const { applied, expectHarmless, expectUntouched, prepare, world } = useMigrationWorld();

describe("with data", () => {
  it("a restore point is made, restored and compared, all is rehearsed, and the migration done once", async () => {
    await prepare();
    const { exitCode, stdout, stderr } = await world.migrate([create, addition]);
    expect(exitCode, stderr).toBe(0);
    expect(stdout.split("\n")).toEqual([
      expect.stringMatching(/^pending: 1, asked in [\d.]+ s: ALTER TABLE items ADD COLUMN note/),
      expect.stringMatching(/^backup: [\d.]+ s, \d{8}-\d{6}F$/),
      expect.stringMatching(/^restore point: [\d.]+ s, \d+ MB, restored and compared: before-/),
      expect.stringMatching(/^rehearsal: [\d.]+ s, /),
      expect.stringMatching(/^old code: [\d.]+ s, .*\(web; smoke paths: 1\)$/),
      expect.stringMatching(/^migration: [\d.]+ s$/),
    ]);
    expect(await applied()).toBe("2");
    expect(world.isMarked()).toBe(true);
    const [point = "", ...more] = world.restorePoints();
    expect(more).toEqual([]);
    expect(point).toMatch(/^before-1111bbbb-\d{8}T\d{6}Z$/);
  });

  it("the copy stays, and the next one takes what has changed", async () => {
    await prepare();
    expect((await world.migrate([create, addition])).exitCode).toBe(0);
    await world.sql("ALTER TABLE items DROP COLUMN note; DELETE FROM version WHERE ctid = '(0,2)'");
    const { stdout } = await world.migrate([create, addition]);
    expect(stdout).toMatch(/^restore point: /m);
    expect(stdout).not.toMatch(/^backup: /m);
    expect(new Set(world.restorePoints()).size).toBe(2);
  });

  it("a copy that lacks a row is no restore point", async () => {
    await prepare();
    const losing = `eval "$(declare -f side_start | sed '1s/side_start/start_whole/')"
      side_start() { start_whole "$@"; psql_in "$copy" "$DATABASE" <<<'DELETE FROM items WHERE id = 1'; }
      unseen_query() { echo 'SELECT 0'; }`;
    const { exitCode, stderr } = await world.migrate(
      [create, addition],
      {},
      {
        change: (text) => text.replace('"$1" {', () => `${losing}\n"$1" {`),
      },
    );
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/^< rows public.items 1000 .*\n> rows public.items 999 /m);
    expect(stderr).toContain("is not what the database was");
    expect(world.restorePoints()).toEqual([]);
    await expectUntouched();
  });

  it("a moment that somebody wrote in is taken again, and gone back to is the one that was compared", async () => {
    await prepare();
    const writing = `eval "$(declare -f is_exact | sed '1s/is_exact/is_exact_now/')"
      is_exact() {
        [ -z "\${has_written:-}" ] || { is_exact_now "$@"; return; }
        has_written=yes
        psql_in "$server" "$DATABASE" <<<'DELETE FROM items WHERE id = 1'
        return 1
      }`;
    const { exitCode, stderr } = await world.migrate(
      [create, addition],
      {},
      { change: (text) => text.replace('"$1" {', () => `${writing}\n"$1" {`) },
    );
    expect(exitCode, stderr).toBe(0);
    expect(world.restorePoints()).toEqual([expect.stringMatching(/Z-2$/)]);
  });

  it("too little room is seen before", async () => {
    const { exitCode, stderr } = await world.migrate(
      [create],
      {},
      {
        change: (text) =>
          text.replace('"$1" {', 'require_docker_space 9000000000000000 "a copy of it" none {'),
      },
    );
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(
      /needs 85\d+ MB on the file system of .*, and \d+ MB are free; make room there/,
    );
  });
});

describe("a rehearsal", () => {
  it("leaves the processors to what serves, which the migration itself does not", async () => {
    await prepare();
    const telling = `exec 9>&1
    docker() {
      local each
      [ "$1" != rm ] || for each; do
        [[ $each = rm || $each = -* ]] || command docker inspect --type container --format \
          '{{index .Config.Labels "slipway.role"}} has {{.HostConfig.CpuShares}}' "$each" || true
      done 2>/dev/null >&9
      command docker "$@"
    }`;
    const { exitCode, stdout, stderr } = await world.migrate(
      [create, addition],
      {},
      { change: (text) => text.replace('"$1" {', () => `${telling}\n"$1" {`) },
    );
    expect(exitCode, stderr).toBe(0);
    const told = stdout.split("\n").filter((line) => line.includes(" has "));
    // What is pending, a Postgres, a Redis, the migration on the copy and the old code.
    const yielding = Array<string>(5).fill("rehearsal has 128");
    expect(told.toSorted()).toEqual(["migration has 0", ...yielding]);
  });

  it("that raises leaves the database as it is", async () => {
    await prepare();
    const result = await world.migrate([create, "ALTER TABLE nothing ADD COLUMN note text"]);
    await expectHarmless(
      result,
      'relation "nothing" does not exist',
      "failed on a copy of the database with exit code 1",
    );
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
