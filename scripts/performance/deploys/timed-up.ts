import type { BenchStack } from "../bench-stack.ts";

/** A step of the engine, as its event stream tells it. */
export interface Step {
  /** Seconds since the CLI was started. */
  at: number;
  what: "begin" | "end";
  /** Such as `create`. */
  operation: string;
  type: string;
  name: string;
}

export interface TimedUp {
  /** From the start of the CLI to its end. */
  seconds: number;
  /** When the CLI was started, in milliseconds since the epoch. */
  started: number;
  /** In the order in which they came; resources that stay as they are have none. */
  steps: Step[];
}

/** `pulumi up`, timed step by step. Throws what the CLI said when it fails. */
export async function timedUp(stack: BenchStack): Promise<TimedUp> {
  const started = Date.now();
  const steps: Step[] = [];
  await stack.pulumi.watch(
    (line) => {
      const step = readStep(line, (Date.now() - started) / 1000);
      if (step) steps.push(step);
    },
    ...["up", "--yes", "--skip-preview", "--json"],
  );
  return { seconds: (Date.now() - started) / 1000, started, steps };
}

/** A line of `pulumi up --json` as a step, when it is one. */
export function readStep(line: string, at: number): Step | undefined {
  if (!line.startsWith("{")) return undefined;
  const { resourcePreEvent, resOutputsEvent } = JSON.parse(line);
  const { metadata } = resourcePreEvent ?? resOutputsEvent ?? {};
  if (!metadata || metadata.op === "same") return undefined;
  const { op: operation, type, urn } = metadata as { op: string; type: string; urn: string };
  const name = urn.slice(urn.lastIndexOf("::") + 2);
  return { at, what: resourcePreEvent ? "begin" : "end", operation, type, name };
}
