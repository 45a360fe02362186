import { join } from "node:path";
import { ensureDocker } from "../../ensure-docker.ts";
import { ensurePrograms } from "../../ensure-programs.ts";
import { Failure } from "../../failure.ts";
import { buildApp } from "../../images/build-app.ts";
import { resolveImages } from "../../images/resolve-images.ts";
import { BenchStack } from "../../performance/bench-stack.ts";
import { type Report, runSteps } from "../../progress.ts";
import { rootCommand } from "../../root-command.ts";
import { ensureToolchain } from "../../toolchain/ensure-toolchain.ts";
import { root } from "../../workspace.ts";
import type { DataFault } from "./data-faults.ts";
import { ask, type DataStage, mustType } from "./data-stage.ts";
import { OrderWriter } from "./order-writer.ts";

/** What came of one fault. */
export interface DataTrial {
  title: string;
  /** Orders that were acknowledged from the beginning of the proof to the end of this trial. */
  acknowledged: number;
  /** Those of them that the live database lacks, and that a restore to the last moment lacks. */
  lost: number;
  lostByRestore: number;
  /** How long before the fault the oldest of the lost was acknowledged. */
  lostSeconds: number;
  /** How long no order was acknowledged. */
  silentSeconds: number;
  broken: string[];
}

/** How long the application may take to serve again by itself. */
const backSeconds = 120;

/** Makes a stack whose orders somebody places all the time, lets faults happen to its data, and counts after each. */
export async function proveData(faults: DataFault[], seed: number): Promise<DataTrial[]> {
  const interrupt = new AbortController();
  const { signal } = interrupt;
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => interrupt.abort());
  const made: Partial<DataStage> = {};
  const trials: DataTrial[] = [];
  try {
    await runSteps("Proving", [
      { title: "A stack with backups", run: (report) => setUp(made, { seed, signal }, report) },
      ...faults.map((fault) => ({
        title: fault.title,
        run: async (report: Report) => {
          if (signal.aborted) throw new Failure("interrupted");
          const trial = await tryFault(fault, made as DataStage, report);
          trials.push(trial);
          for (const each of trial.broken) report.note(`${trial.title}: ${each}`);
        },
      })),
    ]);
  } finally {
    await made.writer?.stop();
    await runSteps("Cleaning up", [
      { title: "What the proof made", run: async () => made.stack?.remove() },
    ]);
  }
  return trials;
}

async function setUp(
  made: Partial<DataStage>,
  { seed, signal }: { seed: number; signal: AbortSignal },
  report: Report,
): Promise<void> {
  const asRoot = await rootCommand(report.detail);
  if (!asRoot)
    throw new Failure("small disks are made by root; type: sudo npm run prove -- --data");
  await ensureDocker(report);
  await ensurePrograms(["curl"], report);
  const toolchain = await ensureToolchain(report);
  const images = await resolveImages(report);
  const app = await buildApp(join(root, "examples/erp"), images.python, report);
  const stack = new BenchStack(toolchain, signal);
  Object.assign(made, { stack, asRoot });
  await stack.make(toolchain, images, app);
  report.detail("pulumi up");
  await stack.pulumi.up();
  made.writer = new OrderWriter(stack.url, stack.authority, seed);
  await stack.firstBackupEnds();
  await mustType("take-backup.ts", "--full");
}

async function tryFault(
  { title, strike, mayLoseSeconds = 0 }: DataFault,
  stage: DataStage,
  report: Report,
): Promise<DataTrial> {
  const { writer } = stage;
  writer.start();
  await writer.untilAcknowledged(backSeconds);
  const from = Date.now();
  report.detail("it happens");
  const broken = await strike(stage);
  await writer.untilAcknowledged(backSeconds);
  await writer.stop();
  report.detail("restoring to the last moment");
  await mustType("restore-data.ts", "--to", "latest");
  const live = lacking(writer, await ask(orders), from);
  const side = lacking(writer, await mustType("open-psql.ts", "--side", "-Atc", orders), from);
  await mustType("restore-data.ts", "--drop");
  if (live.seconds > mayLoseSeconds)
    broken.push(
      `${live.lost} acknowledged orders are lost, the oldest of ${live.seconds.toFixed(0)} s before`,
    );
  if (side.lost > live.lost) broken.push(`a restore lacks ${side.lost} acknowledged orders`);
  const trial = {
    ...{ title, acknowledged: writer.acknowledged.size, lost: live.lost },
    ...{
      lostByRestore: side.lost,
      lostSeconds: live.seconds,
      silentSeconds: silence(writer, from),
    },
    broken,
  };
  // Each fault answers for what it has lost itself.
  for (const customer of live.customers) writer.acknowledged.delete(customer);
  return trial;
}

const orders = "SELECT customer FROM orders WHERE customer LIKE 'proof-%'";

function lacking({ acknowledged }: OrderWriter, rows: string, from: number) {
  const found = new Set(rows.split("\n"));
  const lacking = [...acknowledged].filter(([customer]) => !found.has(customer));
  const oldest = Math.min(...lacking.map(([, at]) => at), from);
  const customers = lacking.map(([customer]) => customer);
  return { customers, lost: lacking.length, seconds: lacking.length ? (from - oldest) / 1000 : 0 };
}

/** The longest time without an acknowledgement, in seconds. */
function silence({ acknowledged }: OrderWriter, from: number): number {
  const times = [from, ...[...acknowledged.values()].filter((at) => at >= from)].sort(
    (a, b) => a - b,
  );
  return Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? at))) / 1000;
}
