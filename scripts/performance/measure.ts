import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { type Command, readCommandLine } from "../command-line.ts";
import { ensureDocker } from "../ensure-docker.ts";
import { ensurePrograms } from "../ensure-programs.ts";
import { Failure } from "../failure.ts";
import { buildApp } from "../images/build-app.ts";
import { resolveImages } from "../images/resolve-images.ts";
import { runSteps, type Step } from "../progress.ts";
import { ensureToolchain, type Toolchain } from "../toolchain/ensure-toolchain.ts";
import { root } from "../workspace.ts";
import { BenchStack } from "./bench-stack.ts";
import { preparePlainScript } from "./comparisons.ts";
import type { Bench, Figures } from "./figures.ts";
import { chosenMeasurements, names } from "./measurements.ts";
import { describeFigures, describeMachine, missedTargets, writeFigures } from "./report.ts";

const command: Command = {
  usage: "npm run bench -- [--only PART,...] [--rounds N] [--write] [--print-script]",
  about: "Measures what docs/performance.md says, with a stack of its own.",
  options: {
    only: { type: "string", value: "PART,...", about: `measure these parts alone: ${names}` },
    rounds: { type: "string", value: "N", about: "repeat everything N times, for a first look" },
    write: { type: "boolean", about: "write the figures into docs/performance.md" },
    "print-script": {
      type: "boolean",
      about: "print the plain script that a deploy is compared with",
    },
  },
  elsewhere: () => "npm run bench",
};

/** Measures what docs/performance.md says, with a stack of its own, and leaves nothing of it on the machine. */
export async function measure(): Promise<void> {
  const { values } = readCommandLine(command);
  const chosen = chosenMeasurements(values.only as string | undefined);
  const interrupt = new AbortController();
  const { signal } = interrupt;
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => interrupt.abort());
  const directory = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  const bench = { directory, signal, ...repetitions(values.rounds as string | undefined) } as Bench;
  let script = "";
  const figures = new Map<string, Figures & { load: number }>();

  const preparation: Step[] = [
    {
      title: "Docker engine",
      run: async (report) => {
        await ensureDocker(report);
        await ensurePrograms(["curl"], report);
      },
    },
    {
      title: "Pulumi CLI and plugins",
      run: async (report) => {
        bench.toolchain = await ensureToolchain(report);
      },
    },
    {
      title: "Images and a stack",
      run: async (report) => {
        bench.images = await resolveImages(report);
        bench.erp = await buildApp(join(root, "examples/erp"), bench.images.python, report);
        bench.stack = new BenchStack(bench.toolchain, signal);
        await bench.stack.make(bench.toolchain, bench.images, bench.erp);
      },
    },
  ];
  const printing: Step = {
    title: "The plain script",
    run: async () => {
      script = readFileSync(await preparePlainScript(bench), "utf8");
    },
  };
  const measuring = chosen.map(([name, { title, measure }]): Step => {
    const run: Step["run"] = async (report) => {
      const [load = 0] = loadavg();
      figures.set(name, { ...(await measure(bench, report)), load });
    };
    return { title, run };
  });
  try {
    await runSteps("Measuring", [
      ...preparation,
      ...(values["print-script"] ? [printing] : measuring),
    ]);
  } finally {
    await runSteps("Cleaning up", [
      { title: "What the bench made", run: async () => bench.stack?.remove() },
    ]);
    rmSync(directory, { recursive: true });
  }
  if (values["print-script"]) return console.log(script);
  await tell(figures, bench.toolchain, values.write === true);
}

function repetitions(typed: string | undefined): { rounds?: number } {
  if (typed === undefined) return {};
  if (!/^[1-9]\d?$/.test(typed)) throw new Failure("--rounds takes a number from 1 to 99");
  return { rounds: Number(typed) };
}

async function tell(
  all: Map<string, Figures & { load: number }>,
  toolchain: Toolchain,
  isToWrite: boolean,
): Promise<void> {
  const machine = await describeMachine(toolchain);
  for (const [name, { load, ...figures }] of all) {
    const text = `${describeFigures(figures)}\n\nLoad ${load.toFixed(1)} before. ${machine}`;
    console.log(`\n${text}`);
    if (isToWrite) writeFigures(name, text);
  }
  console.log("\nTo repeat it: npm run bench (-- --write also writes docs/performance.md)");
  const missed = [...all.values()].flatMap(missedTargets);
  if (missed.length > 0) throw new Failure(`slower than it is to be: ${missed.join(", ")}`);
}
