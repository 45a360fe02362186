import { dirname, join } from "node:path";
import { Failure } from "../failure.ts";
import type { Report } from "../progress.ts";
import { root } from "../workspace.ts";
import { type Loading, makeEmptyProgram } from "./empty-program.ts";
import type { Bench, Comparison, Figures } from "./figures.ts";
import { differences, inspectStack } from "./inspect-stack.ts";
import { timeParts } from "./parts.ts";
import { writePlainScript } from "./plain-script.ts";
import { runQuietly } from "./run-quietly.ts";
import { interleave, time } from "./timing.ts";

const deployRounds = 3;
const noOpRounds = 9;

/** Deploys the stack and writes the script that does the same by plain Docker commands. @returns its path. */
export async function preparePlainScript({ stack, directory }: Bench): Promise<string> {
  await stack.pulumi.up();
  const state = await stack.pulumi.run("stack", "export", "--show-secrets");
  return writePlainScript(await inspectStack(), state, directory);
}

/** The first deploy, which finds all images and nothing else, beside the plain script. Leaves the stack deployed. */
export async function compareDeploys(bench: Bench, report: Report): Promise<Figures> {
  const { stack, signal, rounds = deployRounds } = bench;
  report.detail("pulumi up, to write the script from");
  const script = await preparePlainScript(bench);
  const deployed = await inspectStack();
  const comparison: Comparison = {
    ...{ what: "first `pulumi up`, all images present", slipway: [] },
    ...{ measure: "a plain script of Docker commands", plain: [], atMost: 1.5 },
  };
  for (let round = 1; round <= rounds; round++) {
    report.detail(`round ${round} of ${rounds}: the plain script`);
    await stack.clear();
    comparison.plain.push(
      await time(() => runQuietly("bash", [script], { cwd: dirname(script), signal })),
    );
    const different = differences(deployed, await inspectStack());
    if (different.length > 0) {
      throw new Failure(`the plain script made other containers: ${different.join(", ")}`);
    }
    await stack.clear();
    report.detail(`round ${round} of ${rounds}: pulumi up`);
    comparison.slipway.push(await time(() => stack.pulumi.up()));
  }
  return { comparisons: [comparison] };
}

/** `up` and `preview` of a stack that has all that it declares, beside programs that declare nothing. */
export async function compareNoOps(
  { stack, toolchain, directory, signal, rounds = noOpRounds }: Bench,
  report: Report,
): Promise<Figures> {
  report.detail("pulumi up");
  await stack.pulumi.up();
  const parts = Object.entries(await timeParts(toolchain, root)).map(
    ([part, seconds]) => `${part} ${seconds.toFixed(2)} s`,
  );
  const make = (loading: Loading) =>
    makeEmptyProgram(join(directory, loading), loading, stack.environment, signal);
  const [empty, lean] = [await make("new"), await make("lean")];
  const times = await interleave(
    rounds,
    {
      up: () => stack.pulumi.up("--expect-no-changes"),
      emptyUp: () => empty.up(),
      leanUp: () => lean.up(),
      preview: () => stack.pulumi.preview("--expect-no-changes"),
      audit: () =>
        runQuietly(process.execPath, [join(root, "scripts/audit-stack.ts")], { cwd: root, signal }),
      emptyPreview: () => empty.preview(),
      leanPreview: () => lean.preview(),
    },
    (round) => report.detail(round === 0 ? "filling caches" : `round ${round} of ${rounds}`),
  );
  const [up, preview] = ["`pulumi up` without a change", "`pulumi preview` without a change"];
  const measure = "the same of an empty program";
  const leanMeasure = `${measure}, its TypeScript loaded as ours`;
  return {
    comparisons: [
      { what: up, slipway: times.up, measure, plain: times.emptyUp, atMost: 2 },
      { what: preview, slipway: times.preview, measure, plain: times.emptyPreview, atMost: 2 },
      { what: up, slipway: times.up, measure: leanMeasure, plain: times.leanUp },
      { what: preview, slipway: times.preview, measure: leanMeasure, plain: times.leanPreview },
    ],
    durations: [
      { what: "`npm run audit` of the whole environment", seconds: times.audit, atMost: 10 },
    ],
    notes: [`Parts: ${parts.join(", ")}.`],
  };
}
