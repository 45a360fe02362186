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
import { compareDeploys, compareNoOps } from "./comparisons.ts";
import { inspectStack } from "./inspect-stack.ts";
import { timeParts } from "./parts.ts";
import { writePlainScript } from "./plain-script.ts";
import { type Comparison, describeFigures, ratio, writeFigures } from "./report.ts";

const command: Command = {
  usage: "npm run bench -- [--write] [--print-script]",
  about: "Measures what docs/performance.md says, with a stack of its own.",
  options: {
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
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => interrupt.abort());
  const directory = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  let toolchain = {} as Toolchain;
  let stack: BenchStack | undefined;
  let script = "";
  let parts: Record<string, number> = {};
  const comparisons: Comparison[] = [];
  const [load = 0] = loadavg();

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
        toolchain = await ensureToolchain(report);
        parts = await timeParts(toolchain, root);
      },
    },
    {
      title: "A stack, deployed once, and the plain script that does the same",
      run: async (report) => {
        const images = await resolveImages(report);
        const app = await buildApp(join(root, "examples/erp"), images.python, report);
        stack = new BenchStack(toolchain, interrupt.signal);
        await stack.make(toolchain, images, app);
        report.detail("pulumi up");
        await stack.pulumi.up();
        script = await writePlainScript(
          await inspectStack(),
          await stack.pulumi.run("stack", "export", "--show-secrets"),
          directory,
        );
      },
    },
  ];
  const measurements: Step[] = [
    {
      title: "The first deploy beside the plain script",
      run: async (report) =>
        void comparisons.push(
          await compareDeploys(stack as BenchStack, script, interrupt.signal, report),
        ),
    },
    {
      title: "A deploy without a change beside an empty program",
      run: async (report) =>
        void comparisons.push(
          ...(await compareNoOps(stack as BenchStack, directory, interrupt.signal, report)),
        ),
    },
  ];
  try {
    await runSteps("Measuring", [...preparation, ...(values["print-script"] ? [] : measurements)]);
    if (values["print-script"]) console.log(readFileSync(script, "utf8"));
  } finally {
    await runSteps("Cleaning up", [
      { title: "What the bench made", run: async () => stack?.remove() },
    ]);
    rmSync(directory, { recursive: true });
  }
  if (comparisons.length === 0) return;
  const figures = await describeFigures(comparisons, parts, toolchain, load);
  console.log(
    `\n${figures}\n\nTo repeat it: npm run bench (-- --write also writes docs/performance.md)`,
  );
  if (values.write) writeFigures(figures);
  const missed = comparisons.filter(
    (each) => ratio(each) > (each.atMost ?? Number.POSITIVE_INFINITY),
  );
  if (missed.length > 0) {
    throw new Failure(`slower than it is to be: ${missed.map(({ what }) => what).join(", ")}`);
  }
}
