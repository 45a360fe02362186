import { createReadStream, existsSync, openSync, readSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import { Failure } from "../failure.ts";

/** A file with a database in it. */
export interface DumpFile {
  /** What pg_restore reads, or what psql does. */
  format: "archive" | "sql";
  bytes: number;
  /** Roles that the SQL names: it cannot be read where they are not. */
  roles: string[];
}

const name = String.raw`(?:"(?:[^"]|"")+"|[\w$]+)`;
const owners = [
  new RegExp(` OWNER TO (${name});$`),
  new RegExp(`^(?:GRANT|REVOKE) .* (?:TO|FROM) (${name}(?:, ?${name})*)(?: WITH GRANT OPTION)?;$`),
  new RegExp(`^ALTER DEFAULT PRIVILEGES FOR ROLE (${name}) `),
];

/** Looks into a file. Fails with one line when it is no dump of one database. */
export async function readDumpFile(file: string): Promise<DumpFile> {
  if (!existsSync(file)) throw new Failure(`there is no file ${file}`);
  const stats = statSync(file);
  const bytes = stats.size;
  if (!stats.isFile() || bytes === 0) {
    throw new Failure(`${file} is no file with a dump; make one with: pg_dump -Fc DATABASE >FILE`);
  }
  const head = Buffer.alloc(8);
  readSync(openSync(file, "r"), head, 0, 8, 0);
  if (head.readUInt16BE(0) === 0x1f8b) throw new Failure(`${file} is packed; type: gunzip ${file}`);
  const isArchive = /^(PGDMP|toc\.dat)/.test(head.toString("latin1"));
  if (isArchive) return { format: "archive", bytes, roles: [] };
  return { format: "sql", bytes, roles: await rolesIn(file) };
}

async function rolesIn(file: string): Promise<string[]> {
  const roles = new Set<string>();
  let isData = false;
  for await (const line of createInterface(createReadStream(file))) {
    if (isData) {
      isData = line !== "\\.";
      continue;
    }
    isData = /^COPY .* FROM stdin;$/.test(line);
    if (/^\\(connect|c) /.test(line)) {
      throw new Failure(
        `${file} is of a whole server, or makes its database anew; take one of the database alone: pg_dump -Fc DATABASE >FILE`,
      );
    }
    for (const each of owners)
      for (const [role] of (each.exec(line)?.[1] ?? "").matchAll(new RegExp(name, "g")))
        roles.add(role.startsWith('"') ? role.slice(1, -1).replaceAll('""', '"') : role);
  }
  roles.delete("PUBLIC");
  return [...roles];
}
