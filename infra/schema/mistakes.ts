import type { z } from "zod";
import { type Example, exampleFor } from "./shapes.ts";

type Issue = z.core.$ZodIssue;
type Path = PropertyKey[];

interface Reading {
  stack: string;
  project: string;
  /** The configuration as it was found, by key without the project's name. */
  given: Record<string, unknown>;
  /** Keys without the project's name that hold a secret, whole or in parts. */
  secret: Set<string>;
}

/** One message with all mistakes: the key, what was found, what is allowed and the line that mends it. */
export function describeMistakes(issues: Issue[], reading: Reading): string {
  const mistakes = issues.flatMap((issue) => describe(issue, reading));
  const count = mistakes.length === 1 ? "one mistake" : `${mistakes.length} mistakes`;
  return [
    `The configuration of stack '${reading.stack}' has ${count}; nothing was changed.`,
    ...mistakes,
  ].join("\n\n");
}

function describe(issue: Issue, reading: Reading): string[] {
  const { path, message } = issue;
  if (issue.code === "unrecognized_keys") {
    const unknown = "a key that is not known";
    return issue.keys.map((key) => mistake([...path, key], message, "remove", reading, unknown));
  }
  if (issue.code === "invalid_key") {
    const allowed = `as a key, ${issue.issues[0]?.message ?? message}`;
    return [mistake(path, allowed, "remove", reading)];
  }
  const given: Example | undefined = issue.code === "custom" ? issue.params?.example : undefined;
  return [mistake(path, message, given ?? exampleFor(message), reading)];
}

function mistake(
  path: Path,
  allowed: string,
  example: Example | undefined,
  reading: Reading,
  what = found(path, reading),
): string {
  return [
    `  ${keyOf(path, reading)}`,
    `    found    ${what}`,
    `    allowed  ${allowed}`,
    `    type     ${remedy(path, example, reading)}`,
  ].join("\n");
}

/** What to type. A value of the wrong kind has to go before something can be set under it. */
function remedy(path: Path, example: Example | undefined, reading: Reading): string {
  const key = keyOf(path, reading);
  const value = valueAt(path, reading);
  const remove = `${configCommand(reading)} rm --path '${key}'`;
  if (example === "remove" && value !== undefined) return remove;
  const secret = holdsSecret(path) ? " --secret" : "";
  const set = `${configCommand(reading)} set${secret}`;
  if (example === undefined || example === "remove") return `${set} --path '${key}' 'VALUE'`;
  if ("file" in example) return `${set} --path '${key}' < ${example.file}`;
  const { under = "", type } = example;
  const before = under && value !== undefined ? `${remove} && ` : "";
  const typed = type ? ` --type ${type}` : "";
  return `${before}${set}${typed} --path '${key}${under}' '${secret ? "VALUE" : example.value}'`;
}

/** `npm run pulumi` is there for everybody, and goes to the stack called local unless told another one. */
function configCommand({ stack }: Reading): string {
  return `npm run pulumi --${stack === "local" ? "" : ` --stack ${stack}`} config`;
}

const secretKeys = new Set<PropertyKey>([
  "releaseKey",
  "secrets",
  "tls",
  "token",
  "password",
  "url",
  "ownerUrl",
  "credentials",
]);

function holdsSecret(path: Path): boolean {
  return path.some((part) => secretKeys.has(part));
}

/** The key as `pulumi config --path` takes it: keys with other characters than a name has stand in brackets. */
function keyOf(path: Path, { project }: Reading): string {
  const [first, ...rest] = path;
  const tail = rest.map((part) => {
    if (typeof part === "number") return `[${part}]`;
    const key = String(part);
    return /^[\w-]+$/.test(key) ? `.${key}` : `["${key}"]`;
  });
  return `${project}:${String(first)}${tail.join("")}`;
}

function valueAt(path: Path, { given }: Reading): unknown {
  let value: unknown = given;
  for (const part of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[part];
  return value;
}

/** Within what Pulumi keeps as a secret any text may be one, wherever it stands. */
function found(path: Path, reading: Reading): string {
  const value = valueAt(path, reading);
  if (value === undefined) return "nothing";
  const isSecret = reading.secret.has(String(path[0]));
  if (holdsSecret(path) || (isSecret && (typeof value === "string" || path.length === 1))) {
    return "a value that is not shown, since it may be a secret";
  }
  const shown = JSON.stringify(value, (key, each) =>
    secretKeys.has(key) || (isSecret && typeof each === "string") ? "..." : each,
  );
  return shown.length > 80 ? `${shown.slice(0, 77)}...` : shown;
}
