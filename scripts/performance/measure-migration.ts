import type { Report } from "../progress.ts";
import type { Bench, Figures } from "./figures.ts";
import { measureMigration } from "./migration-cost.ts";

const usualRounds = 3;

/** What restore point and rehearsal cost, by the size of the database. */
export async function figuresOfMigration(
  { stack, rounds = usualRounds }: Bench,
  report: Report,
): Promise<Figures> {
  stack.restoreConfiguration();
  stack.soak(0);
  report.detail("pulumi up");
  await stack.pulumi.up();
  try {
    const costs = await measureMigration(stack, rounds, report);
    return {
      durations: costs.map(({ size, more }) => ({
        ...{ what: `a migration on ${size}, more than without one`, seconds: more, atMost: 15 },
      })),
      table: {
        head: ["database", "`pulumi up` with a migration", "without", "what it goes to"],
        rows: costs.map(({ size, withSeconds, withoutSeconds, phases }) => [
          size,
          ...[withSeconds, withoutSeconds].map((seconds) => seconds.toFixed(2)),
          phases.join("; "),
        ]),
      },
    };
  } finally {
    await stack.clear();
    stack.restoreConfiguration();
  }
}
