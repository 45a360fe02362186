import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readDumpFile } from "../../scripts/masking/dump-file.ts";

const directory = mkdtempSync(join(tmpdir(), "slipway-dump-"));
afterAll(() => rmSync(directory, { recursive: true }));

function read(content: string | Buffer) {
  const file = join(directory, "dump");
  writeFileSync(file, content);
  return readDumpFile(file);
}

it("roles that SQL names are found, and not in rows of tables", async () => {
  const { format, roles } = await read(`CREATE TABLE public.orders (note text);
ALTER TABLE public.orders OWNER TO shop;
ALTER SCHEMA "two words" OWNER TO "Old ""Owner""";
COPY public.orders (note) FROM stdin;
ALTER TABLE x OWNER TO row_of_a_table;
\\connect nowhere
\\.
GRANT SELECT ON TABLE public.orders TO reader, PUBLIC WITH GRANT OPTION;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE maker IN SCHEMA public GRANT SELECT ON TABLES TO "Old ""Owner""";
`);
  expect(format).toBe("sql");
  expect(roles.toSorted()).toEqual(['Old "Owner"', "maker", "reader", "shop"]);
});

it("an archive is told from SQL by how it begins", async () => {
  expect(await read("PGDMP\x01\x0e OWNER TO nobody;\n")).toMatchObject({
    format: "archive",
    roles: [],
  });
});

it("what is no dump of one database is refused with what to type", async () => {
  await expect(read("\\connect shop\n")).rejects.toThrow(
    /whole server, .* pg_dump -Fc DATABASE >FILE/,
  );
  await expect(read(Buffer.from([0x1f, 0x8b, 8, 0]))).rejects.toThrow(/is packed; type: gunzip /);
  await expect(read("")).rejects.toThrow(/is no file with a dump/);
});
