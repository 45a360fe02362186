import { createHmac, hash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Column } from "../../scripts/masking/columns.ts";
import type { Rules } from "../../scripts/masking/rules.ts";
import { maskingStatements } from "../../scripts/masking/statements.ts";

const key = Buffer.from("0123456789abcdef0123456789abcdef");

function column(name: string, changes: Partial<Column> = {}): Column {
  const [table = "", own = ""] = name.split(".");
  return {
    ...{ schema: "public", table, column: own, type: "text", kind: "text", limit: null },
    ...{ isList: false, isRequired: false, isGenerated: false, isPartitioned: false },
    ...{ references: [], ...changes },
  };
}

/** What is done to the tables. */
function statements(tables: Rules["tables"], ...columns: Column[]): string {
  const all = maskingStatements({ tables }, { largeObjects: 0, columns }, key);
  return /acting \\gexec\n([\s\S]*)SELECT format\('ALTER TABLE ONLY %s ENABLE/.exec(all)?.[1] ?? "";
}

/** What a column is set to. */
function value(rule: Rules["tables"][string], changes: Partial<Column> = {}): string {
  const set = statements({ a: rule }, column("a.b", changes));
  return /^UPDATE ONLY "public"\."a" SET\n {2}"b" = ([\s\S]*);\n$/.exec(set)?.[1] ?? set;
}

describe("a value becomes", () => {
  test.each<[string, string, Partial<Column>]>([
    [`pg_temp.mail("b"::text)`, "mail", {}],
    [`pg_temp.mail(lower("b"::text))`, "mail", { kind: "citext" }],
    [`left(pg_temp.token("b"::text), 20)`, "token", { limit: 20 }],
    [`pg_temp.token("b"::text)`, "token", { limit: 40 }],
    [`pg_temp.token("b"::text)::uuid`, "token", { kind: "uuid" }],
    [`decode(pg_temp.token(encode("b", 'hex')), 'hex')`, "token", { kind: "bytea" }],
    ["NULL", "null", {}],
    [
      `CASE WHEN "b" IS NOT NULL THEN ARRAY(SELECT pg_temp.text(each::text) FROM unnest("b") WITH ORDINALITY list(each, place) ORDER BY place) END`,
      "text",
      { isList: true },
    ],
  ])("%s", (expected, rule, changes) => {
    expect(value({ b: rule as "mail" }, changes)).toBe(expected);
  });

  test.each([
    ["it's", "'it''s'"],
    [{ a: "it's" }, `'{"a":"it''s"}'`],
    [7, "'7'"],
  ])("%j where the rule has it", (given, literal) => {
    expect(value({ b: { value: given } })).toBe(
      `CASE WHEN "b" IS NOT NULL THEN ${literal} ELSE "b" END`,
    );
  });
});

describe("a table", () => {
  test("of which all is kept is left alone", () =>
    expect(statements({ a: { b: "keep" } }, column("a.b"))).toBe(""));

  test("is written with all of its columns in one statement, as it is called", () => {
    const odd = { schema: 'Odd "Schema' };
    const set = statements(
      { 'Odd "Schema.a': { 'b"': "null", c: "keep", d: "text" } },
      ...['a.b"', "a.c", "a.d"].map((name) => column(name, odd)),
    );
    expect(set).toBe(
      'UPDATE ONLY "Odd ""Schema"."a" SET\n  "b""" = NULL,\n  "d" = pg_temp.text("d"::text);\n',
    );
  });

  test("with partitions is written with them", () =>
    expect(statements({ a: { b: "null" } }, column("a.b", { isPartitioned: true }))).toMatch(
      /^UPDATE "public"\."a" SET/,
    ));

  test("is emptied", () =>
    expect(statements({ a: "empty" }, column("a.b"))).toBe('DELETE FROM ONLY "public"."a";\n'));
});

test("large objects are emptied where the rules say so", () => {
  const made = (largeObjects?: "keep" | "empty") =>
    maskingStatements({ tables: {}, largeObjects }, { largeObjects: 1, columns: [] }, key);
  expect(made("empty")).toContain("lo_truncate");
  expect(made("keep")).not.toContain("lo_truncate");
});

test("the digest is the HMAC of the key", () => {
  const all = maskingStatements({ tables: {} }, { largeObjects: 0, columns: [] }, key);
  const [outer = "", inner = ""] = [...all.matchAll(/'\\x([0-9a-f]{128})'::bytea/g)].map(
    ([, pad = ""]) => pad,
  );
  const sha256 = (pad: string, rest: Buffer) =>
    hash("sha256", Buffer.concat([Buffer.from(pad, "hex"), rest]), "buffer");
  const digest = sha256(outer, sha256(inner, Buffer.from("somebody@example.org")));
  expect(digest).toEqual(createHmac("sha256", key).update("somebody@example.org").digest());
});
