import { type Command, readCommandLine } from "./command-line.ts";
import { readEnvironment, runOnHost } from "./environment.ts";
import { runScript } from "./failure.ts";

const command: Command = {
  usage: "npm run backup -- [--full] [--stack STACK]",
  about: "Saves a stack's Postgres and files now, as its host does by itself each day.",
  options: {
    full: { type: "boolean", about: "all of it, and not what changed since the last full one" },
  },
};

await runScript(async () => {
  const { stack, values } = readCommandLine(command);
  const variables = { STACK: stack, TYPE: values.full ? "full" : "" };
  console.log(await runOnHost(readEnvironment(stack), "run-backup", "apply", variables));
});
