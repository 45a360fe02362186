import { type Column, columnName, type Listing, tableName } from "./columns.ts";
import { fittingRules, masks } from "./masks.ts";
import type { Rule, Rules } from "./rules.ts";

/**
 * What keeps a database from being masked by these rules: a column without a rule, a rule without a column, one that does
 * not fit. Empty when every value has its rule.
 */
export function ruleMistakes(rules: Rules, { columns, largeObjects }: Listing): string[] {
  const tables = Map.groupBy(columns, tableName);
  const unknown = Object.entries(rules.tables).flatMap(([name, table]) => {
    const present = tables.get(name);
    if (!present) return [`there is no table ${name}`];
    if (table === "empty") return [];
    return Object.keys(table)
      .filter((key) => !present.some(({ column }) => column === key))
      .map((key) => `the table ${name} has no column ${key}`);
  });
  const mistakes = columns.flatMap((column) => mistakeOf(column, rules, columns));
  const ofObjects =
    largeObjects > 0 && !rules.largeObjects
      ? [`${largeObjects} large objects have no rule; allowed for largeObjects: keep, empty`]
      : [];
  return [...unknown, ...mistakes, ...ofObjects];
}

/** The rule of a column; undefined where there is none, or where the whole table is emptied. */
export function ruleOf(column: Column, rules: Rules): Rule | undefined {
  const table = rules.tables[tableName(column)];
  return typeof table === "object" && Object.hasOwn(table, column.column)
    ? table[column.column]
    : undefined;
}

function mistakeOf(column: Column, rules: Rules, columns: Column[]): string[] {
  if (rules.tables[tableName(column)] === "empty") return [];
  const name = columnName(column);
  const rule = ruleOf(column, rules);
  if (column.isGenerated) {
    return rule === undefined ? [] : [`${name} is computed from other columns; take its rule out`];
  }
  const allowed = `allowed: ${fittingRules(column).join(", ")}`;
  if (rule === undefined) return [`${name} (${column.type}) has no rule; ${allowed}`];
  if (!fits(rule, column)) {
    const shown = typeof rule === "object" ? "a map with the key value" : rule;
    const required = rule === "null" ? "may not be null" : `is ${column.type}`;
    return [`${name} ${required}, which ${shown} does not fit; ${allowed}`];
  }
  return column.references.flatMap((reference) => {
    const meant = columns.find(
      (each) => `${each.schema}.${each.table}.${each.column}` === reference,
    );
    const other = meant && ruleOf(meant, rules);
    if (!meant || !other || rule === "null" || rule === other) return [];
    const same = JSON.stringify(other).replaceAll('"', "");
    return [`${name} means ${columnName(meant)} and needs the rule of that one, ${same}`];
  });
}

function fits(rule: Rule, column: Column): boolean {
  if (typeof rule === "object" || rule === "keep") return true;
  if (rule === "null") return !column.isRequired;
  const { kinds, length, least = length } = masks[rule];
  return kinds.includes(column.kind) && (column.limit ?? length) >= least;
}
