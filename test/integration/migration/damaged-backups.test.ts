import { expect, it } from "vitest";
import { docker } from "../../throw-away.ts";
import {
  bundles,
  damageScript,
  damages,
  inRepository,
  prepareDamage,
  repairScript,
} from "../backups/damage.ts";
import { addition, create, useMigrationWorld } from "./fixture.ts";

const { expectHarmless, prepare, world } = useMigrationWorld();

/** What was written last, and what all of it begins with. */
const log = ["require_archived", 'archive -name "$restore_point_segment-*"'] as const;
const bundle = ["choose_set", bundles] as const;

it("a repository in which the place for the data was made by half gets all of it", async () => {
  await prepare();
  await world.sql("SELECT pg_switch_wal()");
  await inRepository(
    world.named("postgres"),
    "until [ -e archive/*/archive.info.copy ]; do sleep 0.1; done; rm backup/*/*",
  );
  const { exitCode, stderr } = await world.migrate([create, addition]);
  expect(exitCode, stderr).toBe(0);
  expect(world.restorePoints()).toHaveLength(1);
});

it.each([
  ["whose last part of the log is missing", ...log, damages.missing],
  ["whose last part of the log is truncated", ...log, damages.truncated],
  ["whose last part of the log is empty", ...log, damages.empty],
  ["whose last part of the log was replaced", ...log, damages.replaced],
  ["whose files are missing", ...bundle, damages.missing],
  ["whose files are truncated", ...bundle, damages.truncated],
  ["whose files were replaced", ...bundle, damages.replaced],
])("a backup %s is no restore point, and nothing is touched", async (_, after, files, damage) => {
  await prepare();
  // What is on the copy already would not be read again.
  await docker("volume", "rm", "--force", `slipway-${world.stack}.copy`);
  const damaging = `eval "$(declare -f ${after} | sed '1s/${after}/whole_step/')"
    ${after}() { whole_step; docker exec --env "restore_point_segment=\${restore_point_segment:-}" "$server" sh -euc ${quoted(damageScript(files, damage))}; }`;
  const server = world.named("postgres");
  await inRepository(server, prepareDamage);
  const result = await world.migrate(
    [create, addition],
    {},
    { change: (text) => text.replace('"$1" {', () => `${damaging}\n"$1" {`) },
  );
  expect(await inRepository(server, repairScript)).toMatch(/^saved\/(archive|backup)\//);
  await expectHarmless(result, "restored");
  expect(world.restorePoints()).toEqual([]);
});

function quoted(script: string): string {
  return `'${script.replaceAll("'", `'\\''`)}'`;
}
