import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { Report } from "../progress.ts";
import { localStack } from "../workspace.ts";
import type { BenchStack } from "./bench-stack.ts";
import { fillDatabase, sizeOfDatabase, sql } from "./database.ts";
import { median, type Seconds, time } from "./timing.ts";

/** What a deploy with a migration costs more than one without, by the size of the database. */
export interface MigrationCost {
  /** As Postgres prints it. */
  size: string;
  /** A whole `up` to a release that has nothing to migrate. */
  withoutSeconds: number;
  /** A whole `up` whose migration adds a column that is empty: a matter of milliseconds in itself. */
  withSeconds: number;
  /** What the second took more than the first, round by round. */
  more: Seconds;
  /** What the last migration said of its phases. */
  phases: string[];
}

/** How many orders: 10 MB, and 1 GB. */
const sizes = [8_000, 4_000_000];

/** Deploys a release with a migration, and one without, on 10 MB and on 1 GB. Leaves the stack as it was, but for its orders. */
export async function measureMigration(
  stack: BenchStack,
  rounds: number,
  report: Report,
): Promise<MigrationCost[]> {
  const configure = (key: string, value: string) =>
    stack.pulumi.run("config", "set", "--path", `slipway:${key}`, value);
  const app = (await stack.pulumi.run("config", "get", "--path", "slipway:app.image")).trim();
  const next = await withMigration(app);
  const costs: MigrationCost[] = [];
  try {
    for (const rows of sizes) {
      report.detail(`filling the database with ${rows} orders`);
      await fillDatabase(rows);
      const size = await sizeOfDatabase();
      const times = { without: [] as number[], with: [] as number[] };
      let phases: string[] = [];
      for (let round = 1; round <= rounds; round++) {
        report.detail(`${size}, round ${round} of ${rounds}`);
        await configure("settings.BENCH_ROUND", `${rows}-${round}`);
        times.without.push(await time(() => stack.pulumi.up()));
        await configure("app.image", next);
        times.with.push(
          await time(async () => {
            phases = phasesOf(await stack.pulumi.up());
          }),
        );
        await takeBack();
        await configure("app.image", app);
        await stack.pulumi.up();
      }
      const medians = { withoutSeconds: median(times.without), withSeconds: median(times.with) };
      const more = times.with.map((seconds, round) => seconds - (times.without[round] ?? 0));
      costs.push({ size, ...medians, more, phases });
    }
  } finally {
    await execa("docker", ["image", "rm", "--force", next], { reject: false });
  }
  return costs;
}

/** The image of the example with one migration more. */
async function withMigration(app: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), "slipway-migration-"));
  const file = join(directory, "0003_note.py");
  writeFileSync(
    file,
    `"""A note."""
import sqlalchemy as sa
from alembic import op

revision = "0003_note"
down_revision = "0002_ticks"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))
`,
    { mode: 0o644 },
  );
  const { stdout: container } = await execa("docker", ["create", app]);
  try {
    const place = `${container}:/app/src/erp/migrations/versions/0003_note.py`;
    await execa("docker", ["cp", file, place]);
    return (await execa("docker", ["commit", container, `slipway-app/bench:${localStack}`])).stdout;
  } finally {
    await execa("docker", ["rm", container]);
    rmSync(directory, { recursive: true });
  }
}

/** What nobody can do with a migration, for the next round. */
async function takeBack(): Promise<void> {
  await sql(
    "ALTER TABLE orders DROP COLUMN note; UPDATE alembic_version SET version_num = '0002_ticks'",
  );
}

function phasesOf(output: string): string[] {
  const phase = /(?:restore point|rehearsal|old code|migration): [\d.]+ s/g;
  // What a command said last, the CLI shows twice.
  return [...new Set([...output.matchAll(phase)].map(([each]) => each))];
}
