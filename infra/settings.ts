import * as pulumi from "@pulumi/pulumi";
import { describeMistakes } from "./schema/mistakes.ts";
import { type StackSettings, stackSchema } from "./schema/stack.ts";

export interface Settings extends StackSettings {
  /** The stack's name, which is the environment's. */
  stack: string;
}

const scalars = new Set(["releaseKey", "transport"]);

/**
 * Reads all of the stack's configuration, once. Values that Pulumi keeps as secrets come back as plain strings:
 * whoever hands one to a resource wraps it in `pulumi.secret`.
 * Throws one error that names every mistake, before any resource is registered.
 */
export function readSettings(): Settings {
  const project = pulumi.getProject();
  const stack = pulumi.getStack();
  const prefix = `${project}:`;
  const given: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(pulumi.runtime.allConfig())) {
    if (!key.startsWith(prefix)) continue;
    const name = key.slice(prefix.length);
    given[name] = scalars.has(name) ? value : parseStructured(value);
  }
  const result = stackSchema.safeParse(given);
  if (!result.success) {
    throw new pulumi.RunError(describeMistakes(result.error.issues, { stack, project, given }));
  }
  return { stack, ...result.data };
}

/** Structured values reach the program as JSON, single ones as they were typed. */
function parseStructured(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
