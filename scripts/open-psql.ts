import { type Command, readPassedCommandLine } from "./command-line.ts";
import { listContainers } from "./containers.ts";
import { against } from "./engine.ts";
import { readEnvironment } from "./environment.ts";
import { Failure, runScript } from "./failure.ts";

const command: Command = {
  usage: "npm run psql -- [--stack STACK] [--side] [PSQL OPTION ...]",
  about:
    "Opens psql in a stack's own Postgres, as its superuser; with --side first, in what is restored beside it; psql gets all other words.",
};

await runScript(async () => {
  const { stack, words: given } = readPassedCommandLine(command);
  const isBeside = given[0] === "--side";
  const words = isBeside ? given.slice(1) : given;
  const environment = readEnvironment(stack);
  if (!environment.database) {
    throw new Failure(
      `the Postgres of ${stack} is not its own; connect to it by the URL that its configuration names`,
    );
  }
  const role = isBeside ? "restore" : "postgres";
  const server = (await listContainers(environment)).find((each) => each.role === role);
  if (isBeside && server?.state !== "running") {
    throw new Failure(
      `nothing is restored beside the Postgres of ${stack}; type: npm run restore -- --stack ${stack}`,
    );
  }
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
