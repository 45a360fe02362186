import { expect, it } from "vitest";
import { docker } from "../../throw-away.ts";
import { addition, create, useMigrationWorld } from "./fixture.ts";

const { expectHarmless, prepare, world } = useMigrationWorld();

const inRepository = (script: string) =>
  docker("exec", world.named("postgres"), "sh", "-euc", `cd /var/lib/pgbackrest; ${script}`);

const removed = 'rm "$each"';
const truncated = 'truncate --size 100 "$each"';
const emptied = 'truncate --size 0 "$each"';
const replaced = 'printf damage | dd of="$each" bs=1 seek=64 conv=notrunc status=none';
/** What was written last, and what all of it begins with. */
const log = ["require_archived", 'archive -name "$restore_point_segment-*"'] as const;
const bundle = ["choose_set", "backup -path '*/bundle/*' -size +99k"] as const;

it("a repository in which the place for the data was made by half gets all of it", async () => {
  await prepare();
  await world.sql("SELECT pg_switch_wal()");
  await inRepository("until [ -e archive/*/archive.info.copy ]; do sleep 0.1; done; rm backup/*/*");
  const { exitCode, stderr } = await world.migrate([create, addition]);
  expect(exitCode, stderr).toBe(0);
  expect(world.restorePoints()).toHaveLength(1);
});

it.each([
  ["whose last part of the log is missing", ...log, removed],
  ["whose last part of the log is truncated", ...log, truncated],
  ["whose last part of the log is empty", ...log, emptied],
  ["whose last part of the log was replaced", ...log, replaced],
  ["whose files are missing", ...bundle, removed],
  ["whose files are truncated", ...bundle, truncated],
  ["whose files were replaced", ...bundle, replaced],
])("a backup %s is no restore point, and nothing is touched", async (_, after, files, damage) => {
  await prepare();
  // What is on the copy already would not be read again.
  await docker("volume", "rm", "--force", `slipway-${world.stack}.copy`);
  const script = `cd /var/lib/pgbackrest; for each in $(find ${files}); do cp --parents "$each" saved; ${damage}; done`;
  const damaging = `eval "$(declare -f ${after} | sed '1s/${after}/whole_step/')"
    ${after}() { whole_step; docker exec --env "restore_point_segment=\${restore_point_segment:-}" "$server" sh -euc ${quoted(script)}; }`;
  await inRepository("mkdir saved");
  const result = await world.migrate(
    [create, addition],
    {},
    { change: (text) => text.replace('"$1" {', () => `${damaging}\n"$1" {`) },
  );
  const saved = await inRepository("find saved -type f; cp --recursive saved/. .; rm -r saved");
  expect(saved).toMatch(/^saved\/(archive|backup)\//);
  await expectHarmless(result, "restored");
  expect(world.restorePoints()).toEqual([]);
});

function quoted(script: string): string {
  return `'${script.replaceAll("'", `'\\''`)}'`;
}
