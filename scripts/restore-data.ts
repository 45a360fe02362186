import { createInterface } from "node:readline/promises";
import { type Command, readCommandLine } from "./command-line.ts";
import { readEnvironment } from "./environment.ts";
import { Failure, runScript } from "./failure.ts";
import { prepareToolchain } from "./prepare-toolchain.ts";
import { readHistory } from "./releases/read-history.ts";
import { clock } from "./releases/releases-table.ts";
import { type Beside, HostRestore } from "./restore/host-restore.ts";
import { readTarget } from "./restore/target.ts";
import { StackState } from "./stack-state.ts";

const command: Command = {
  usage:
    "npm run restore -- [--to latest|TIME|BACKUP|POINT] [--into side|live] [--undo] [--drop] [--stack STACK]",
  about:
    "Restores data of another moment onto a server beside the live one, and, when asked to, puts it in the live one's place.",
  options: {
    to: {
      ...{ type: "string", value: "WHEN" },
      about: "latest, a moment (2026-05-04T12:00Z), a backup or a restore point by its name",
    },
    into: {
      ...{ type: "string", value: "PLACE", default: "side" },
      about: "live puts what is restored beside in the place of the live data",
    },
    undo: { type: "boolean", about: "put the data of before the last restore back" },
    drop: {
      type: "boolean",
      about: "take away what is restored beside, and what is kept for --undo",
    },
    confirm: {
      ...{ type: "string", value: "STACK" },
      about: "the stack's name, where nobody can be asked to type it",
    },
  },
};

await runScript(async () => {
  const { stack, values } = readCommandLine(command);
  const into = values.into as string;
  if (into !== "side" && into !== "live") {
    throw new Failure(`--into takes side or live; type: ${command.usage}`);
  }
  const environment = readEnvironment(stack);
  if (!environment.database) {
    throw new Failure(
      `the Postgres of ${stack} is not its own: who runs it has its backups, and restores them`,
    );
  }
  const state = new StackState(stack, await prepareToolchain());
  const restore = new HostRestore(environment, await state.open());
  const confirm = (what: string) => requireName(stack, what, values.confirm as string | undefined);
  if (values.drop) {
    await restore.drop([`slipway-${stack}.side`, `slipway-${stack}.kept`]);
    console.log("Nothing is restored beside, and nothing is kept any more.");
  } else if (values.undo) {
    await confirm(`The data of before the last restore becomes that of ${stack} again.`);
    tell(await restore.undo());
    console.log(`${stack} has the data of before the restore again.`);
  } else {
    // What was looked at is what goes live.
    const to = values.to as string | undefined;
    const isThere = into === "live" && to === undefined;
    const beside = isThere ? await restore.show().catch(() => undefined) : undefined;
    const { events } = await readHistory(environment);
    const found = beside ?? (await restore.beside(readTarget(to ?? "latest", events)));
    show(found, stack);
    if (into === "side") return;
    await confirm(
      `${stack} will be down meanwhile, and ${lossOf(found)}. The present data is kept for --undo.`,
    );
    tell(await restore.goLive());
    console.log(
      `${stack} serves with it. To go back to the data of before: npm run restore -- --undo --stack ${stack}`,
    );
    console.log(`When that is not needed any more: npm run restore -- --drop --stack ${stack}`);
  }
});

function show(beside: Beside, stack: string): void {
  const { reached, bytes, tables, rows } = beside;
  console.log(
    `Restored beside: up to the transaction of ${clock(reached)}, ${tables} tables, ${rows} rows, ${Math.round(bytes / 1_048_576)} MB; ${lossOf(beside)}.`,
  );
  console.log(`Ask it: npm run psql -- --side --stack ${stack}`);
  console.log(`Put it in the live data's place: npm run restore -- --into live --stack ${stack}`);
}

/** What was written since is not in it. */
function lossOf({ reached }: Beside): string {
  const seconds = Math.round((Date.now() - reached.getTime()) / 1000);
  return seconds < 120
    ? `what was written in the last ${seconds} seconds is not in it`
    : `what was written in the last ${Math.round(seconds / 60)} minutes is not in it`;
}

function tell(said: string): void {
  if (said) console.log(said);
}

/** Has the name of the stack typed: nobody does this by a slip of the hand. */
async function requireName(stack: string, what: string, given: string | undefined): Promise<void> {
  console.log(what);
  const typed = given ?? (await ask(`Type the name of the stack to go on: `));
  if (typed === undefined) {
    throw new Failure(`nobody can be asked here; add: --confirm ${stack}`);
  }
  if (typed.trim() !== stack) {
    throw new Failure(`that is not ${stack}: nothing was changed`);
  }
}

async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}
