import { existsSync, readFileSync } from "node:fs";
import { styleText } from "node:util";
import Table from "cli-table3";
import { hostScript } from "../components/host-script.ts";
import { type Command, readCommandLine } from "./command-line.ts";
import { readEnvironment, shellOnHost, whyOnHost } from "./environment.ts";
import { escrowedFiles } from "./escrow/escrow-file.ts";
import { Failure, runScript } from "./failure.ts";
import { readTarget } from "./restore/target.ts";

const command: Command = {
  usage:
    "npm run drill -- [--to newest|TIME|BACKUP] [--repository NUMBER] [--escrow FILE] [--stack STACK]",
  about:
    "Proves that a stack's backups can be restored: onto a throw-away server, where all of it is read and the application tried.",
  options: {
    to: {
      ...{ type: "string", value: "WHEN" },
      about: "newest, a moment (2026-05-04T12:00Z) or a backup by its name; without it: any moment",
    },
    repository: { type: "string", value: "NUMBER", about: "only this one, when there are two" },
    escrow: {
      ...{ type: "string", value: "FILE" },
      about: "read the backups with the keys in what npm run escrow wrote, and no others",
    },
  },
};

await runScript(async () => {
  const { stack, values } = readCommandLine(command);
  const environment = readEnvironment(stack);
  const given = (name: string) => values[name] as string | undefined;
  const file = given("escrow");
  const to = given("to");
  const variables = {
    ...{
      STACK: stack,
      TO: environment.isManaged ? (to ?? "random") : moment(to),
      REPOSITORY: given("repository") ?? "",
    },
    ESCROW: file === undefined ? "" : keysIn(file),
  };
  const input = hostScript("run-drill", environment, variables);
  const result = await shellOnHost(environment, "apply")({ input, reject: false });
  const rows = result.stdout.split("\n").filter((line) => line.includes("\t"));
  for (const line of result.stdout.split("\n")) if (line && !line.includes("\t")) console.log(line);
  if (rows.length > 0) console.log(tableOf(rows.map((row) => row.split("\t"))));
  if (!result.failed) return;
  const [reason = "", ...before] = result.stderr.trim().split("\n").reverse();
  for (const line of before.reverse()) console.error(line);
  throw new Failure(whyOnHost(environment, result) ?? reason);
});

/** As scripts/host/backup/proof-moment.sh takes it. */
function moment(to: string | undefined): string {
  if (to === undefined) return "random";
  if (to === "newest") return to;
  if (!/^\d/.test(to)) {
    throw new Failure(
      `'${to}' is nothing that can be proved; type newest, a moment such as 2026-05-04T12:00Z, or a backup such as 20260504-023000F`,
    );
  }
  const { TARGET, SET } = readTarget(to, []);
  return SET || TARGET;
}

/** Lines "NAME BASE64" of what reads the repositories: of what the stack's passwords are made is left here. */
function keysIn(file: string): string {
  const files = existsSync(file) ? escrowedFiles(readFileSync(file, "utf8")) : undefined;
  if (!files?.has("files-1.sh")) {
    throw new Failure(`${file} is no file with keys; one is written by: npm run escrow`);
  }
  files.delete("password-secret");
  return [...files]
    .map(([name, content]) => `${name} ${Buffer.from(content).toString("base64")}`)
    .join("\n");
}

function tableOf(rows: string[][]): string {
  const table = new Table({
    head: ["what", "asked", "found"],
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    style: process.stdout.isTTY ? { head: ["bold"], border: ["dim"] } : { head: [], border: [] },
  });
  for (const [what = "", ...rest] of rows) {
    table.push([what === "verdict" ? styleText("green", what) : what, ...rest]);
  }
  return table.toString();
}
