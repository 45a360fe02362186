import { ruleOf } from "./check-rules.ts";
import { type Column, type Listing, tableName } from "./columns.ts";
import { masks } from "./masks.ts";
import type { Rule, Rules } from "./rules.ts";

/** SQL that masks a database by rules that were checked, in one transaction. Nothing of what it makes stays in it. */
export function maskingStatements(rules: Rules, listing: Listing, key: Buffer): string {
  const tables = [...Map.groupBy(listing.columns, tableName).values()];
  return [
    "\\set VERBOSITY terse",
    "BEGIN READ WRITE;",
    ...Object.entries(settings).map(([name, value]) => `SET LOCAL ${name} = ${value};`),
    ...Object.entries(masks).map(([word, mask]) => maskFunction(word, mask.expression, key)),
    dropPublications,
    disableTriggers,
    ...tables.flatMap((columns) => tableStatement(columns, rules)),
    ...(rules.largeObjects === "empty" ? [emptyLargeObjects] : []),
    enableTriggers,
    "COMMIT;",
    "",
  ].join("\n");
}

/** Neither triggers nor rules nor foreign keys act on what is masked; those that act always are turned off besides. */
const settings = {
  session_replication_role: "replica",
  statement_timeout: "0",
  lock_timeout: "0",
  idle_in_transaction_session_timeout: "0",
  search_path: "pg_catalog",
  standard_conforming_strings: "on",
};

/**
 * By HMAC with SHA-256 in what every server has, so that no extension is needed; PL/pgSQL is ten times as fast here as a
 * function in SQL. What is empty tells nothing of anybody.
 */
function maskFunction(word: string, expression: string, key: Buffer): string {
  const [inner, outer] = pads(key).map((pad) => `'\\x${pad.toString("hex")}'::bytea`);
  return `CREATE FUNCTION pg_temp.${word}(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE digest bytea := sha256(${outer} || sha256(${inner} || convert_to(value, getdatabaseencoding())));
BEGIN RETURN CASE WHEN value = '' THEN '' ELSE ${expression} END; END $$;`;
}

/** The two keys that HMAC makes of one that is no longer than a block of the hash. */
function pads(key: Buffer): Buffer[] {
  const block = Buffer.concat([key, Buffer.alloc(64 - key.length)]);
  return [0x36, 0x5c].map((pad) => Buffer.from(block.map((each) => each ^ pad)));
}

/** A table that is published refuses to be written where it has no key. */
const dropPublications =
  "SELECT format('DROP PUBLICATION %I', pubname) FROM pg_publication \\gexec";

/** Those that act on a replica as well. They are turned on again, or the dump would have them off. */
const disableTriggers = `CREATE TEMPORARY TABLE acting ON COMMIT DROP AS
  SELECT tgrelid::regclass::text AS owner, 'TRIGGER' AS kind, tgname AS name, tgenabled AS state
    FROM pg_trigger WHERE tgenabled IN ('A', 'R') AND NOT tgisinternal
  UNION ALL SELECT ev_class::regclass::text, 'RULE', rulename, ev_enabled
    FROM pg_rewrite WHERE ev_enabled IN ('A', 'R');
SELECT format('ALTER TABLE ONLY %s DISABLE %s %I', owner, kind, name) FROM pg_temp.acting \\gexec`;

const enableTriggers = `SELECT format('ALTER TABLE ONLY %s ENABLE %s %s %I', owner, word, kind, name)
  FROM pg_temp.acting, LATERAL (SELECT CASE state WHEN 'A' THEN 'ALWAYS' ELSE 'REPLICA' END AS word) named \\gexec`;

function tableStatement(columns: Column[], rules: Rules): string[] {
  const [first] = columns;
  if (!first) return [];
  const only = first.isPartitioned ? "" : "ONLY ";
  const table = `${only}${quoted(first.schema)}.${quoted(first.table)}`;
  if (rules.tables[tableName(first)] === "empty") return [`DELETE FROM ${table};`];
  const assignments = columns.flatMap((column) => {
    const rule = ruleOf(column, rules);
    if (rule === undefined || rule === "keep") return [];
    return [`  ${quoted(column.column)} = ${maskedValue(column, rule)}`];
  });
  return assignments.length === 0 ? [] : [`UPDATE ${table} SET\n${assignments.join(",\n")};`];
}

/** Assigned and not cast: a text that is too long is then an error, and not cut. */
function maskedValue(column: Column, rule: Exclude<Rule, "keep">): string {
  const name = quoted(column.column);
  if (rule === "null") return "NULL";
  if (typeof rule === "object") {
    return `CASE WHEN ${name} IS NOT NULL THEN ${literal(rule.value)} ELSE ${name} END`;
  }
  if (!column.isList) return masked(name, column, rule);
  const each = `ARRAY(SELECT ${masked("each", column, rule)} FROM unnest(${name}) WITH ORDINALITY list(each, place) ORDER BY place)`;
  return `CASE WHEN ${name} IS NOT NULL THEN ${each} END`;
}

function masked(value: string, { kind, limit }: Column, rule: keyof typeof masks): string {
  const cut = limit !== null && limit < masks[rule].length;
  const mask = (text: string) =>
    cut ? `left(pg_temp.${rule}(${text}), ${limit})` : `pg_temp.${rule}(${text})`;
  if (kind === "bytea") return `decode(${mask(`encode(${value}, 'hex')`)}, 'hex')`;
  if (kind === "uuid") return `${mask(`${value}::text`)}::uuid`;
  // What is the same to the database has to stay so.
  return mask(kind === "citext" ? `lower(${value}::text)` : `${value}::text`);
}

const emptyLargeObjects = `DO $$ DECLARE object oid; file int;
BEGIN
  FOR object IN SELECT oid FROM pg_largeobject_metadata LOOP
    file := lo_open(object, x'20000'::int);
    PERFORM lo_truncate(file, 0), lo_close(file);
  END LOOP;
END $$;`;

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return `'${text.replaceAll("'", "''")}'`;
}
