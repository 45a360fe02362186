import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../scripts/free-port.ts";
import { docker, until } from "../../throw-away.ts";

/** What a text looks like that is no statement. */
export const text = "GRANT ALL ON x TO somebody;";

const schema = `
  CREATE ROLE shop LOGIN; CREATE ROLE "Old Reader"; CREATE SCHEMA sales AUTHORIZATION shop;
  CREATE EXTENSION pg_trgm;
  SET ROLE shop;
  CREATE TABLE sales.invoices (id int GENERATED ALWAYS AS IDENTITY, note text);
  INSERT INTO sales.invoices (note) SELECT 'invoice ' || each FROM generate_series(1, 500) each;
  RESET ROLE;
  CREATE TABLE written (text text PRIMARY KEY, at timestamptz DEFAULT now());
  INSERT INTO written (text) VALUES ('${text}');
  CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'SELECT 2 * $1';
  CREATE TYPE mood AS ENUM ('well');
  GRANT SELECT ON written TO "Old Reader"`;

/** A server of the same image that knows nothing of Slipway, with a database called `shop`. */
export async function startOldServer(image: string, stack: string) {
  const name = `slipway-test-old-${randomBytes(3).toString("hex")}`;
  const [port, directory] = [await freePort(), mkdtempSync(join(tmpdir(), "slipway-old-"))];
  await docker(
    ...["run", "--detach", "--name", name, "--label", `slipway.stack=${stack}`],
    ...["--publish", `127.0.0.1:${port}:5432`, "--tmpfs", "/var/lib/postgresql/data"],
    ...["--env", "POSTGRES_PASSWORD=p/ss word", "--env", "POSTGRES_DB=shop", image],
  );
  const inside = (...words: string[]) => docker("exec", name, ...words);
  await until(() =>
    inside("pg_isready", "--host=127.0.0.1", "--dbname=shop").catch(() => undefined),
  );
  await inside("psql", "-U", "postgres", "-d", "shop", "-v", "ON_ERROR_STOP=1", "-qc", schema);
  return {
    url: `postgresql://postgres:${encodeURIComponent("p/ss word")}@127.0.0.1:${port}/shop`,
    name,
    port,
    ask: (sql: string) => inside("psql", "-U", "postgres", "-d", "shop", "-qAtc", sql),
    /** Returns the file. */
    async dump(file: string, ...flags: string[]): Promise<string> {
      const path = join(directory, file);
      const words = ["pg_dump", "-U", "postgres", "-d", "shop", ...flags];
      const packed = await inside("sh", "-c", '"$@" | base64 --wrap=0', "dump", ...words);
      writeFileSync(path, Buffer.from(packed, "base64"));
      return path;
    },
    file(name: string, content: string): string {
      writeFileSync(join(directory, name), content);
      return join(directory, name);
    },
    async stop(): Promise<void> {
      await docker("rm", "--force", "--volumes", name);
      rmSync(directory, { recursive: true });
    },
  };
}
