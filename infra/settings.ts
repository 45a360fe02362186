import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { withLeftOutImages } from "./left-out-images.ts";
import type { ConfiguredImages } from "./release-description.ts";
import { combinations } from "./schema/combinations.ts";
import { describeMistakes } from "./schema/mistakes.ts";
import {
  type RepositorySettings,
  repositoryStackShape,
  secretsOfRepository,
} from "./schema/repository.ts";
import { type StackSettings, stackShape } from "./schema/stack.ts";

export interface Settings extends StackSettings {
  /** The stack's name, which is the environment's. */
  stack: string;
}

/** Combinations are looked at whatever else is wrong, so that one message has all mistakes. */
const schema = z.preprocess(
  // Pulumi.yaml gives every stack an empty one.
  ({ repository: _, ...given }: Record<string, unknown>) => given,
  stackShape.superRefine(combinations, { when: () => true }),
);

/** Exported by the SDK, though not among its types. */
const { isConfigSecret } = pulumi.runtime as unknown as {
  isConfigSecret: (key: string) => boolean;
};

const inSecret = "the same, kept as a secret";
const scalars = new Set(["releaseKey", "transport"]);

/**
 * Reads all of the stack's configuration, once; an image that it leaves out is that of `recorded`. Values that Pulumi
 * keeps as secrets come back as plain strings: whoever hands one to a resource wraps it in `pulumi.secret`.
 * Throws one error that names every mistake, before any resource is registered.
 */
export function readSettings(recorded: ConfiguredImages = {}): Settings {
  const stack = pulumi.getStack();
  requireStackName(stack);
  return { stack, ...parseConfiguration(schema, () => [["releaseKey"]], recorded) };
}

/** The same of the stack that is a repository on GitHub. */
export function readRepository(): RepositorySettings {
  return parseConfiguration(repositoryStackShape, secretsOfRepository).repository;
}

/** `encrypted` names those of the values that are refused in plain text. */
function parseConfiguration<Parsed>(
  shape: z.ZodType<Parsed>,
  encrypted: (parsed: Parsed) => string[][],
  recorded: ConfiguredImages = {},
): Parsed {
  const project = pulumi.getProject();
  const prefix = `${project}:`;
  const named: Record<string, unknown> = {};
  const secret = new Set<string>();
  for (const [key, value] of Object.entries(pulumi.runtime.allConfig())) {
    if (!key.startsWith(prefix)) continue;
    const name = key.slice(prefix.length);
    named[name] = scalars.has(name) ? value : parseStructured(value);
    if (isConfigSecret(key)) secret.add(name);
  }
  const given = withLeftOutImages(named, recorded);
  const { success, data, error } = shape.safeParse(given);
  const plain = success ? encrypted(data).filter(([key = ""]) => !secret.has(key)) : [];
  if (success && plain.length === 0) return data;
  const issues = plain.map((path) => ({ code: "custom" as const, path, message: inSecret }));
  const stack = pulumi.getStack();
  throw new pulumi.RunError(
    describeMistakes(error?.issues ?? issues, { stack, project, given, secret }),
  );
}

/** Structured values reach the program as JSON, single ones as they were typed. */
function parseStructured(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Directories, files of the edge and everything in Docker are called after the stack. */
function requireStackName(stack: string): void {
  if (/^(?!(edges|tls)$|.*-maintenance$)[a-z][a-z0-9-]{0,30}$/.test(stack)) return;
  throw new pulumi.RunError(
    [
      `The stack's name '${stack}' cannot be an environment's; nothing was changed.`,
      "    allowed  lower-case letters, digits and hyphens after a letter (31 at most), but not edges, tls or what ends with -maintenance",
      `    type     npm run pulumi -- --stack ${stack} stack rename production`,
    ].join("\n"),
  );
}
