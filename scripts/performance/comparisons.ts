import { dirname, join } from "node:path";
import { Failure } from "../failure.ts";
import type { Report } from "../progress.ts";
import type { BenchStack } from "./bench-stack.ts";
import { makeEmptyProgram } from "./empty-program.ts";
import { differences, inspectStack } from "./inspect-stack.ts";
import type { Comparison } from "./report.ts";
import { runQuietly } from "./run-quietly.ts";
import { interleave, time } from "./timing.ts";

const deployRounds = 3;
const noOpRounds = 9;

/** The first deploy, which finds all images and nothing else, beside the plain script. Leaves the stack deployed. */
export async function compareDeploys(
  stack: BenchStack,
  script: string,
  signal: AbortSignal,
  report: Report,
): Promise<Comparison> {
  const deployed = await inspectStack();
  const comparison: Comparison = {
    ...{ what: "first `pulumi up`, all images present", slipway: [] },
    ...{ measure: "a plain script of Docker commands", plain: [], atMost: 1.5 },
  };
  for (let round = 1; round <= deployRounds; round++) {
    report.detail(`round ${round} of ${deployRounds}: the plain script`);
    await stack.clear();
    comparison.plain.push(
      await time(() => runQuietly("bash", [script], { cwd: dirname(script), signal })),
    );
    const different = differences(deployed, await inspectStack());
    if (different.length > 0) {
      throw new Failure(`the plain script made other containers: ${different.join(", ")}`);
    }
    await stack.clear();
    report.detail(`round ${round} of ${deployRounds}: pulumi up`);
    comparison.slipway.push(await time(() => stack.pulumi.up()));
  }
  return comparison;
}

/** `up` and `preview` of a stack that has all that it declares, beside a program that declares nothing. */
export async function compareNoOps(
  stack: BenchStack,
  directory: string,
  signal: AbortSignal,
  report: Report,
): Promise<Comparison[]> {
  const empty = await makeEmptyProgram(join(directory, "empty"), stack.environment, signal);
  const times = await interleave(
    noOpRounds,
    {
      up: () => stack.pulumi.up("--expect-no-changes"),
      emptyUp: () => empty.up(),
      preview: () => stack.pulumi.preview("--expect-no-changes"),
      emptyPreview: () => empty.preview(),
    },
    (round) => report.detail(round === 0 ? "filling caches" : `round ${round} of ${noOpRounds}`),
  );
  const measure = "the same of an empty program";
  return [
    {
      ...{ what: "`pulumi up` without a change", slipway: times.up },
      ...{ measure, plain: times.emptyUp, atMost: 2 },
    },
    {
      ...{ what: "`pulumi preview` without a change", slipway: times.preview },
      ...{ measure, plain: times.emptyPreview, atMost: 2 },
    },
  ];
}
