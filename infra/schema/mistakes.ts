import type { z } from "zod";
import { exampleFor } from "./fields.ts";

type Issue = z.core.$ZodIssue;
type Path = PropertyKey[];

interface Reading {
  stack: string;
  project: string;
  /** The configuration as it was found, by key without the project's name. */
  given: Record<string, unknown>;
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
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return mistake(path, issue.message, `rm --path '${keyOf(path, reading)}'`, reading);
    });
  }
  if (issue.code === "invalid_key") {
    const allowed = issue.issues[0]?.message ?? issue.message;
    return [
      mistake(
        issue.path,
        `as a key, ${allowed}`,
        `rm --path '${keyOf(issue.path, reading)}'`,
        reading,
      ),
    ];
  }
  const remedy = issue.code === "custom" ? issue.params?.remedy : undefined;
  return [
    mistake(
      issue.path,
      issue.message,
      remedy ?? setLine(issue.path, issue.message, reading),
      reading,
    ),
  ];
}

function mistake(path: Path, allowed: string, remedy: string, reading: Reading): string {
  return [
    `  ${keyOf(path, reading)}`,
    `    found    ${found(path, reading)}`,
    `    allowed  ${allowed}`,
    `    type     pulumi config ${remedy}`,
  ].join("\n");
}

function setLine(path: Path, allowed: string, reading: Reading): string {
  const secret = holdsSecret(path);
  const example = exampleFor(allowed) ?? "VALUE";
  return `set ${secret ? "--secret " : ""}--path '${keyOf(path, reading)}' '${secret ? "VALUE" : example}'`;
}

const secretKeys = new Set<PropertyKey>([
  "releaseKey",
  "secrets",
  "tls",
  "password",
  "url",
  "ownerUrl",
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

function found(path: Path, { given }: Reading): string {
  let value: unknown = given;
  for (const part of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[part];
  if (value === undefined) return "nothing";
  if (holdsSecret(path)) return "a value that is not shown, since it may be a secret";
  const shown = JSON.stringify(value, (key, each) => (secretKeys.has(key) ? "..." : each));
  return shown.length > 80 ? `${shown.slice(0, 77)}...` : shown;
}
