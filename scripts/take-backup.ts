import { backupVariables } from "../components/backup-schedule.ts";
import { type Command, readCommandLine } from "./command-line.ts";
import { readEnvironment, runOnHost } from "./environment.ts";
import { Failure, runScript } from "./failure.ts";

const command: Command = {
  usage: "npm run backup -- [--full] [--stack STACK]",
  about: "Saves a stack's Postgres now, as the host does by itself each day.",
  options: {
    full: { type: "boolean", about: "all of it, and not what changed since the last full one" },
  },
};

await runScript(async () => {
  const { stack, values } = readCommandLine(command);
  const environment = readEnvironment(stack);
  const { repositories, fullOn } = environment;
  if (repositories.length === 0) {
    throw new Failure(
      `nothing of ${stack} is saved: its Postgres is not its own, or slipway:backups.enabled is false`,
    );
  }
  const variables = backupVariables({ stack, fullOn, repositories });
  console.log(
    await runOnHost(environment, "take-backup", "apply", {
      ...variables,
      TYPE: values.full ? "full" : "",
    }),
  );
});
