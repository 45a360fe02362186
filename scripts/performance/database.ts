import { execa } from "execa";
import { localStack } from "../workspace.ts";

/** Rows of about 300 bytes with their indexes. Orders that nobody queues again: they would keep the worker busy. */
export async function fillDatabase(rows: number): Promise<void> {
  await sql(`
    TRUNCATE orders CASCADE;
    INSERT INTO orders (customer, amount, queued_at)
      SELECT repeat(md5(each::text), 2) || md5(random()::text) || md5(random()::text) || md5(random()::text),
        1 + each % 100, now() + interval '1 year'
      FROM generate_series(1, ${rows}) each;
    CHECKPOINT`);
  await sql("VACUUM ANALYZE orders");
}

/** As Postgres prints it. */
export async function sizeOfDatabase(): Promise<string> {
  return sql("SELECT pg_size_pretty(pg_database_size(current_database()))");
}

/** What psql prints of statements, as the superuser. */
export async function sql(statements: string): Promise<string> {
  const words = [
    "psql",
    "--username=postgres",
    "--dbname=app",
    "--no-align",
    "--tuples-only",
    "--quiet",
  ];
  const server = `slipway-${localStack}-postgres`;
  const asked = ["exec", server, ...words, "--set=ON_ERROR_STOP=1", "--command", statements];
  return (await execa("docker", asked)).stdout;
}
