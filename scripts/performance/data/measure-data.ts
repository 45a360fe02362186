import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import type { Report } from "../../progress.ts";
import { root } from "../../workspace.ts";
import { fillDatabase, sizeOfDatabase } from "../database.ts";
import { AskingClient } from "../deploys/asking-client.ts";
import type { Bench, Figures } from "../figures.ts";
import { runQuietly } from "../run-quietly.ts";
import { interleave, median } from "../timing.ts";
import { Restores } from "./restores.ts";

const usualRounds = 5;
const orders = 4_000_000;
/** A load that leaves most of two processors free. */
const perSecond = 20;

/** Restores of a database of 1 GB beside a copy of its files, and what who asks the API notices of a backup. */
export async function measureData(
  { stack, signal, rounds = usualRounds }: Bench,
  report: Report,
): Promise<Figures> {
  report.detail("pulumi up");
  await stack.pulumi.up();
  report.detail(`filling the database with ${orders} orders`);
  await fillDatabase(orders);
  const size = await sizeOfDatabase();
  const script = (name: string, ...words: string[]) =>
    runQuietly(process.execPath, [join(root, "scripts", name), ...words], { cwd: root, signal });
  const backUp = () => script("take-backup.ts", "--full");
  const latencies = { quiet: [] as number[], saving: [] as number[] };
  const restores = new Restores();
  try {
    await stack.firstBackupEnds();
    await backUp();
    const times = await interleave(
      rounds,
      {
        // What the round before has left to be written is no part of a restore.
        settle: () => execa("sync"),
        restore: () => restores.restore(),
        copy: () => restores.copy(),
        command: () => script("restore-data.ts"),
        saving: async () => {
          latencies.saving.push(...(await latenciesDuring(stack, backUp)));
        },
        quiet: async () => {
          latencies.quiet.push(...(await latenciesDuring(stack, () => sleep(10_000))));
        },
      },
      (round) => report.detail(round === 0 ? "filling caches" : `round ${round} of ${rounds}`),
    );
    const { restore, copy, command, saving } = times;
    return {
      comparisons: [
        {
          ...{ what: `a restore of ${size}`, slipway: restore },
          ...{ measure: "a plain copy of the same files", plain: copy, atMost: 2 },
        },
      ],
      durations: [
        { what: "`npm run restore`, beside the live database", seconds: command },
        { what: "`npm run backup -- --full`, read back", seconds: saving },
      ],
      notes: [describeLatencies(latencies)],
    };
  } finally {
    await restores.remove();
    await stack.clear();
  }
}

/** How long each answer took, in milliseconds, while `action` was at work. */
async function latenciesDuring(
  { url, authority }: Bench["stack"],
  action: () => Promise<unknown>,
): Promise<number[]> {
  const client = new AskingClient(`${url}/api/v1/orders`, authority, perSecond);
  client.start();
  try {
    await action();
  } finally {
    await client.stop();
  }
  return client.answers.map(({ took }) => took);
}

function describeLatencies({ quiet, saving }: Record<"quiet" | "saving", number[]>): string {
  const p99 = (all: number[]) => {
    const sorted = all.toSorted((a, b) => a - b);
    return (sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0).toFixed(0);
  };
  const one = (all: number[]) =>
    `${p99(all)} ms (median ${median(all).toFixed(0)} ms, ${all.length} requests)`;
  return `p99 of the API at ${perSecond} requests a second: ${one(saving)} during a full backup, ${one(quiet)} without.`;
}
