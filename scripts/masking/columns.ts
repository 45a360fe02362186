/** A column of a table, as scripts/host/masking/columns.sh prints it. */
export interface Column {
  schema: string;
  table: string;
  column: string;
  /** As Postgres writes it, such as character varying(200). */
  type: string;
  /** What the values are, those of a list each by itself. */
  kind: "text" | "citext" | "uuid" | "bytea" | "other";
  isList: boolean;
  /** How many characters it holds; null where that has no limit. */
  limit: number | null;
  isRequired: boolean;
  /** Whether the server computes it. */
  isGenerated: boolean;
  /** Whether the rows lie in partitions. */
  isPartitioned: boolean;
  /** Columns that a foreign key of it means, each "schema.table.column". */
  references: string[];
}

export interface Listing {
  largeObjects: number;
  columns: Column[];
}

/** As the rules write it: the schema `public` is left out. */
export function tableName({ schema, table }: Column): string {
  return schema === "public" ? table : `${schema}.${table}`;
}

export function columnName(column: Column): string {
  return `${tableName(column)}.${column.column}`;
}
