import { execa } from "execa";
import { Failure } from "../failure.ts";
import type { Toolchain } from "../toolchain/ensure-toolchain.ts";
import { unknownBackEnd } from "../unknown-back-end.ts";
import { root, stackEnvironment } from "../workspace.ts";

/** A resource as a preview tells of it, secrets blotted out. */
export interface ResourceState {
  type: string;
  inputs?: Record<string, unknown>;
}

/** What the engine would do to one resource. */
export interface PreviewStep {
  op: string;
  urn: string;
  oldState?: ResourceState;
  newState?: ResourceState;
}

interface Preview {
  steps?: PreviewStep[];
  diagnostics?: { severity: string; message: string }[];
}

/** Asks the engine what `up` would do, without a look at the host. Fails with the first thing that it complains of. */
export async function previewSteps(stack: string, toolchain: Toolchain): Promise<PreviewStep[]> {
  const words = ["preview", "--json", "--non-interactive", "--color", "never"];
  const { stdout, stderr, failed } = await execa("pulumi", words, {
    ...{ cwd: root, env: stackEnvironment(stack, toolchain), reject: false },
  });
  const { steps = [], diagnostics = [] } = parse(stdout);
  if (!failed) return steps;
  const complaint = diagnostics.find(({ severity }) => severity === "error")?.message ?? stderr;
  const nowhere = unknownBackEnd(complaint, stack);
  if (nowhere) throw new Failure(nowhere);
  throw new Failure(
    `the plan of ${stack} cannot be made: ${complaint.replace(/^error: /, "").trim()}`,
  );
}

function parse(text: string): Preview {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
