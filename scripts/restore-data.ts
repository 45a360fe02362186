import { type Command, readCommandLine } from "./command-line.ts";
import { readEnvironment } from "./environment.ts";
import { Failure, runScript } from "./failure.ts";
import { prepareToolchain } from "./prepare-toolchain.ts";
import { readHistory } from "./releases/read-history.ts";
import { fetchAll } from "./restore/fetch-dump.ts";
import { HostRestore, type Part } from "./restore/host-restore.ts";
import { requireName } from "./restore/require-name.ts";
import { lossOf, showBeside } from "./restore/show-beside.ts";
import { readTarget } from "./restore/target.ts";
import { StackState } from "./stack-state.ts";

const command: Command = {
  usage:
    "npm run restore -- [--to latest|TIME|BACKUP|POINT] [--into side|live|FILE] [--files|--files-only] [--undo] [--drop] [--stack STACK]",
  about:
    "Restores data of another moment onto a server beside the live one, and, when asked to, puts it in the live one's place.",
  options: {
    to: {
      ...{ type: "string", value: "WHEN" },
      about: "latest, a moment (2026-05-04T12:00Z), a backup or a restore point by its name",
    },
    into: {
      ...{ type: "string", value: "PLACE", default: "side" },
      about:
        "live puts what is restored beside in the live data's place; FILE is for a managed Postgres",
    },
    files: {
      type: "boolean",
      about: "the application's files as well, as the newest backup until then has them",
    },
    "files-only": { type: "boolean", about: "those files, and not the database" },
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
  const environment = readEnvironment(stack);
  const [parts, flags] = partsOf(values);
  if (environment.isManaged) {
    await fetchAll(environment, parts, values);
    return;
  }
  if (!environment.database) {
    throw new Failure(
      `${stack} has no Postgres (slipway:postgres.mode), and so nothing to restore`,
    );
  }
  const into = values.into as string;
  if (into !== "side" && into !== "live") {
    throw new Failure(`--into takes side or live; type: ${command.usage}`);
  }
  const state = new StackState(stack, await prepareToolchain());
  const restore = new HostRestore(environment, await state.open(), parts);
  const confirm = (what: string) => requireName(stack, what, values.confirm as string | undefined);
  if (values.drop) {
    tell(await restore.drop());
    console.log("Nothing is restored beside, and nothing is kept any more.");
  } else if (values.undo) {
    await confirm(`${stack} gets the ${parts.join(" and ")} of before the last restore again.`);
    tell(await restore.undo());
    console.log(`${stack} has the ${parts.join(" and ")} of before the restore again.`);
  } else {
    // What was looked at is what goes live.
    const to = values.to as string | undefined;
    const isThere = into === "live" && to === undefined;
    const beside = isThere ? await restore.show() : undefined;
    const { events } = await readHistory(environment);
    const found = beside ?? (await restore.beside(readTarget(to ?? "latest", events)));
    showBeside(found, environment);
    if (into === "side") {
      console.log(
        `Put it in the live data's place: npm run restore -- --into live${flags} --stack ${stack}`,
      );
      return;
    }
    await confirm(
      `${stack} will be down meanwhile, and ${lossOf(found)}. What is there now is kept for --undo.`,
    );
    tell(await restore.goLive());
    console.log(
      `${stack} serves with it. To go back to what was there before: npm run restore -- --undo${flags} --stack ${stack}`,
    );
    console.log(`When that is not needed any more: npm run restore -- --drop --stack ${stack}`);
  }
});

/** What it is about, and how that was typed. */
function partsOf(values: Record<string, unknown>): [Part[], string] {
  if (values["files-only"]) return [["files"], " --files-only"];
  return values.files ? [["files", "database"], " --files"] : [["database"], ""];
}

function tell(said: string): void {
  if (said) console.log(said);
}
