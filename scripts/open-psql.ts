import { type Command, readPassedCommandLine } from "./command-line.ts";
import { listContainers } from "./containers.ts";
import { against } from "./engine.ts";
import { readEnvironment } from "./environment.ts";
import { Failure, runScript } from "./failure.ts";

const command: Command = {
  usage: "npm run psql -- [--stack STACK] [PSQL OPTION ...]",
  about: "Opens psql in a stack's own Postgres, as its superuser; psql gets all other words.",
};

await runScript(async () => {
  const { stack, words } = readPassedCommandLine(command);
  const environment = readEnvironment(stack);
  if (!environment.database) {
    throw new Failure(
      `the Postgres of ${stack} is not its own; connect to it by the URL that its configuration names`,
    );
  }
  const server = (await listContainers(environment)).find(({ role }) => role === "postgres");
  if (server?.state !== "running") {
    throw new Failure(
      `the Postgres of ${stack} does not run; type: npm run pulumi -- up --refresh --stack ${stack}`,
    );
  }
  const terminal = process.stdin.isTTY ? ["--tty"] : [];
  const { exitCode } = await against(environment)(
    "docker",
    [
      ...["exec", "--interactive", ...terminal, server.id],
      ...["psql", "--username=postgres", `--dbname=${environment.database}`, ...words],
    ],
    { stdio: "inherit", reject: false },
  );
  process.exitCode = exitCode ?? 1;
});
