import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream/promises";
import { hostScript } from "../components/host-script.ts";
import { deployedOf } from "./audit/deployed.ts";
import { type Command, readCommandLine } from "./command-line.ts";
import { readEnvironment, shellOnHost, whyOnHost, withDatabase } from "./environment.ts";
import { Failure, runScript } from "./failure.ts";
import { following } from "./masking/copy-masked.ts";
import { readDumpFile } from "./masking/dump-file.ts";
import { replaceDatabase, whatIsLeft } from "./masking/replace-database.ts";
import { prepareToolchain } from "./prepare-toolchain.ts";
import { requireName } from "./restore/require-name.ts";
import { StackState } from "./stack-state.ts";

const command: Command = {
  usage: "npm run take-over -- --from FILE|URL [--stack STACK]",
  about:
    "Replaces a stack's database by one of another server: a dump of it, or the server itself as the stack's host reaches it.",
  options: {
    from: {
      ...{ type: "string", value: "FILE|URL" },
      about: "what pg_dump wrote, or postgresql://USER:PASSWORD@SERVER/DATABASE",
    },
    confirm: {
      ...{ type: "string", value: "STACK" },
      about: "the stack's name, where nobody can be asked to type it",
    },
  },
};

await runScript(async () => {
  const { stack, values } = readCommandLine(command);
  const given = values.from as string | undefined;
  if (!given) throw new Failure(`where it comes from is missing; type: ${command.usage}`);
  const environment = withDatabase(readEnvironment(stack));
  const { database } = environment;
  const source = /^postgres(ql)?:\/\//.test(given) ? sourceOf(given) : await fileOf(given);
  const state = new StackState(stack, await prepareToolchain());
  const roles = deployedOf(await state.open()).scripts.get("postgres-roles");
  if (!roles) {
    throw new Failure(
      `nothing was deployed to ${stack} yet; type: npm run pulumi -- up --stack ${stack}`,
    );
  }
  await requireName(
    stack,
    `The database of ${stack} is replaced by ${source.title}, and what is in it now is lost.`,
    values.confirm as string | undefined,
  );
  const id = randomBytes(8).toString("hex");
  const rolesScript = hostScript("postgres-roles", environment, {
    ...roles,
    DATABASE: `${database}.copy`,
  });
  const script = hostScript("load-dump", environment, {
    ...{ STACK: stack, DATABASE: database, COPY: id },
    ROLES_SCRIPT: Buffer.from(rolesScript).toString("base64"),
    ...source.variables,
  });
  const load = shellOnHost(environment, "apply")({ stdin: "pipe", reject: false });
  // Whoever ended too early says why.
  const dump = source.file ? createReadStream(source.file) : undefined;
  const input = dump ? following(script, dump) : [Buffer.from(script)];
  await pipeline(input, load.stdin).catch(() => undefined);
  const result = await load;
  if (result.failed) {
    const lines = result.stderr.trim().split("\n");
    for (const line of lines.slice(0, -1)) console.error(line);
    throw new Failure(whyOnHost(environment, result) ?? "the dump could not be loaded");
  }
  const tables = /^same$/m.test(result.stdout) ? "same" : "other";
  const count = (name: string) => new RegExp(`^${name} (\\d+)$`, "m").exec(result.stdout)?.[1];
  console.log(`loaded: ${count("tables")} tables, ${count("rows")} rows`);
  const { title } = source;
  console.log(await replaceDatabase(environment, { id, from: title, tables }, async () => state));
  console.log(`${stack} has the database of ${title}; all in it belongs to owner`);
  if (tables === "other") console.log(whatIsLeft(stack, title));
});

interface Source {
  /** Without what is secret. */
  title: string;
  file?: string;
  variables: Record<string, string>;
}

async function fileOf(file: string): Promise<Source> {
  const { format, bytes, roles } = await readDumpFile(file);
  // Packed it is smaller than what it becomes.
  const needed = String(bytes * (format === "archive" ? 5 : 2));
  return {
    ...{ title: basename(file), file },
    variables: {
      ...{ FORMAT: format, BYTES: needed, ROLES: roles.join("\n") },
      ...{ SOURCE: "", SOURCE_PASSWORD: "" },
    },
  };
}

/** The password stands in no process list. */
function sourceOf(text: string): Source {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url?.hostname || url.pathname.length < 2) {
    throw new Failure(`that is no URL of a database; type: ${command.usage}`);
  }
  const password = decodeURIComponent(url.password);
  url.password = "";
  return {
    title: `${url.hostname}${url.pathname}`,
    variables: {
      ...{ FORMAT: "server", BYTES: "", ROLES: "" },
      ...{ SOURCE: url.href, SOURCE_PASSWORD: password },
    },
  };
}
