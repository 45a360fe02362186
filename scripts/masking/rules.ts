import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { Failure } from "../failure.ts";
import { root } from "../workspace.ts";

/** What becomes of a value, beside what a rule with a value of its own says. */
const words = ["keep", "null", "name", "mail", "phone", "address", "token", "text"] as const;

const allowed = `one of ${words.join(", ")}, or a map with the key value`;

/** In YAML the word null is nothing, and says the same here. */
const word = z.preprocess((given) => given ?? "null", z.enum(words));
const fixed = z.strictObject({ value: z.json() });
const rule = z.union([word, fixed], allowed);

const table = z.union(
  [z.literal("empty"), z.record(z.string(), rule)],
  "empty, or a map from each column to its rule",
);

const shape = z.strictObject(
  {
    tables: z.record(z.string(), table, "a map from tables to their columns"),
    largeObjects: z.enum(["keep", "empty"], "keep or empty").optional(),
  },
  "a map with the key tables, and largeObjects where there are some",
);

export type Rule = z.infer<typeof rule>;
export type Rules = z.infer<typeof shape>;

/** Reads a file of rules. Fails with one line that names every mistake in it. */
export function readRules(file: string): Rules {
  const shown = relative(root, file);
  const text = contentOf(file, shown);
  let given: unknown;
  try {
    given = parse(text);
  } catch (error) {
    const [reason] = error instanceof Error ? error.message.split("\n") : [];
    throw new Failure(`${shown} is not YAML: ${reason}`);
  }
  const { data, error } = shape.safeParse(given);
  if (data) return data;
  const mistakes = error.issues.flatMap(mistakesOf);
  throw new Failure(`${shown} has mistakes: ${mistakes.join("; ")}`);
}

function contentOf(file: string, shown: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new Failure(
      `there is no file ${shown} with the rules; docs/copies.md says how one is written`,
    );
  }
}

/** A table that is neither the one nor the other of what it may be has its mistakes in its columns. */
function mistakesOf(issue: z.core.$ZodIssue): string[] {
  const at = issue.path.join(".") || "it";
  const inColumns = issue.code === "invalid_union" ? issue.errors.flat() : [];
  const columns = new Set(inColumns.flatMap(({ path: [column] }) => (column ? [column] : [])));
  return columns.size > 0
    ? [...columns].map((column) => `${at}.${String(column)} is not ${allowed}`)
    : [`${at} is not ${issue.message}`];
}
