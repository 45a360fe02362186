import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { allowedCopy } from "../../scripts/masking/allowed-copy.ts";
import { ruleMistakes } from "../../scripts/masking/check-rules.ts";
import type { Column, Listing } from "../../scripts/masking/columns.ts";
import { readRules } from "../../scripts/masking/rules.ts";

const root = join(import.meta.dirname, "../..");
const directory = mkdtempSync(join(tmpdir(), "slipway-rules-"));
const file = join(directory, "masking.yaml");
afterAll(() => rmSync(directory, { recursive: true }));

function read(text: string) {
  writeFileSync(file, text);
  return readRules(file);
}

function column(name: string, changes: Partial<Column> = {}): Column {
  const [table = "", key = ""] = name.split(".");
  return {
    ...{ schema: "public", table, column: key, type: "text", kind: "text", limit: null },
    ...{ isList: false, isRequired: false, isGenerated: false, isPartitioned: false },
    ...{ references: [], ...changes },
  };
}

const mistakes = (text: string, columns: Column[], largeObjects = 0) =>
  ruleMistakes(read(text), { largeObjects, columns } satisfies Listing);

describe("a file of rules", () => {
  test("says what becomes of every column", () => {
    const { tables } = read("tables: { a: { b: null, c: ~, d: { value: [1] } }, e: empty }");
    expect(tables).toEqual({ a: { b: "null", c: "null", d: { value: [1] } }, e: "empty" });
  });

  test.each([
    [
      "tables: { a: { b: nam, c: { value: 1, or: 2 } } }",
      /tables\.a\.b is not one of keep, .*; tables\.a\.c is not one of/,
    ],
    ["tables: { a: keep }", /tables\.a is not empty, or a map from each column to its rule/],
    ["tables: []", /tables is not a map from tables to their columns/],
    ["table: {}", /it is not a map with the key tables/],
    ["largeObjects: drop\ntables: {}", /largeObjects is not keep or empty/],
    ["tables: {", /is not YAML: /],
    ["", /it is not a map with the key tables/],
  ])("%j is refused with one line", (text, reason) => {
    expect(() => read(text)).toThrow(reason);
    expect(() => read(text)).toThrow(/^[^\n]+$/);
  });

  test("that is not there is named", () =>
    expect(() => readRules(join(directory, "none.yaml"))).toThrow(/there is no file .*none\.yaml/));
});

describe("what a database has", () => {
  test("fits when every column has its rule", () => {
    const text = "tables: { a: { b: mail, c: keep }, odd.d: empty }";
    const far = { schema: "odd" };
    expect(mistakes(text, [column("a.b"), column("a.c"), column("d.e", far)])).toEqual([]);
  });

  test.each<[string, string, Column[], RegExp]>([
    [
      "without a rule",
      "{}",
      [column("a.b")],
      /^a\.b \(text\) has no rule; allowed: keep, null, name/,
    ],
    [
      "that is another one of its table",
      "{ a: { b: keep } }",
      [column("a.b"), column("a.c")],
      /^a\.c .*no rule/,
    ],
    ["that is called as what every object has", "{ a: {} }", [column("a.constructor")], /no rule/],
    [
      "of another schema",
      "{ a: { b: keep } }",
      [column("a.b"), column("a.b", { schema: "s" })],
      /^s\.a\.b .*no rule/,
    ],
    [
      "that may not be null",
      "{ a: { b: null } }",
      [column("a.b", { isRequired: true })],
      /^a\.b may not be null, .*allowed: keep, name/,
    ],
    [
      "of another type",
      "{ a: { b: mail } }",
      [column("a.b", { kind: "other", type: "jsonb" })],
      /^a\.b is jsonb, which mail does not fit; allowed: keep, null, a map/,
    ],
    [
      "that is too short",
      "{ a: { b: mail } }",
      [column("a.b", { limit: 20 })],
      /which mail does not fit; allowed: keep, null, phone, token, a map/,
    ],
    [
      "that is computed",
      "{ a: { b: keep } }",
      [column("a.b", { isGenerated: true })],
      /^a\.b is computed from other columns; take its rule out/,
    ],
    [
      "that is not there",
      "{ a: { b: keep, c: keep } }",
      [column("a.b")],
      /^the table a has no column c$/,
    ],
    [
      "of a table that is not there",
      "{ a: { b: keep }, c: empty }",
      [column("a.b")],
      /^there is no table c$/,
    ],
    [
      "that means another one",
      "{ a: { b: token }, c: { d: keep } }",
      [column("a.b"), column("c.d", { references: ["public.a.b"] })],
      /^c\.d means a\.b and needs the rule of that one, token$/,
    ],
  ])("does not for a column %s", (_, tables, columns, reason) => {
    const found = mistakes(`tables: ${tables}`, columns);
    expect(found).toEqual([expect.stringMatching(reason)]);
  });

  test("needs no rule for what is computed, and none where the table is emptied", () => {
    const columns = [column("a.b", { isGenerated: true }), column("c.d")];
    expect(mistakes("tables: { c: empty }", columns)).toEqual([]);
  });

  test("fits when what means a column is null, or masked the same", () => {
    const columns = [
      column("a.b", { kind: "uuid" }),
      column("c.d", { kind: "uuid", references: ["public.a.b"] }),
    ];
    expect(mistakes("tables: { a: { b: token }, c: { d: token } }", columns)).toEqual([]);
    expect(mistakes("tables: { a: { b: token }, c: { d: null } }", columns)).toEqual([]);
  });

  test("says what becomes of large objects where there are some", () => {
    expect(mistakes("tables: {}", [], 2)).toEqual([expect.stringMatching(/^2 large objects/)]);
    expect(mistakes("tables: {}\nlargeObjects: keep", [], 2)).toEqual([]);
  });
});

describe("a copy", () => {
  test("is for the stack whose file says so", () =>
    expect(allowedCopy("production", "staging")).toBe("examples/erp/masking.yaml"));

  test.each([
    ["staging", "staging", /^a stack is not copied from itself; .*--stack staging$/],
    ["staging", "production", /^the database of production is never replaced by a copy/],
    ["development", "staging", /lets staging be copied from production, not from development/],
    [
      "production",
      "github",
      /does not let a copy replace the database of github; .*slipway:refresh\.from production/,
    ],
    ["production", "nowhere", /^there is no stack 'nowhere'/],
  ])("from %s to %s is refused", (source, stack, reason) =>
    expect(() => allowedCopy(source, stack)).toThrow(reason),
  );
});

test("the example names each column of the tables that it has", () => {
  const models = readFileSync(join(root, "examples/erp/src/erp/models.py"), "utf8");
  const tables = [...models.matchAll(/__tablename__ = "(\w+)"([\s\S]*?)(?=\nclass |$)/g)].map(
    ([, name = "", body = ""]) => [
      name,
      [...body.matchAll(/^ {4}(\w+): Mapped\[(?!"Invoice)/gm)].map(([, key]) => key),
    ],
  );
  expect(tables.length).toBe(3);
  const { alembic_version: _, ...named } = readRules(
    join(root, "examples/erp/masking.yaml"),
  ).tables;
  expect(Object.entries(named).map(([name, keys]) => [name, Object.keys(keys)])).toEqual(tables);
});
