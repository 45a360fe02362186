import { listContainers } from "./containers.ts";
import { against, findEnvironment } from "./environment.ts";
import { Failure, runScript } from "./failure.ts";
import { takeStack } from "./workspace.ts";

/** psql in the environment's own server, with whatever else stands on the command line. */
await runScript(async () => {
  const { stack, rest } = takeStack(process.argv.slice(2));
  const environment = findEnvironment(stack);
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
      ...["psql", "--username=postgres", `--dbname=${environment.database}`, ...rest],
    ],
    { stdio: "inherit", reject: false },
  );
  process.exitCode = exitCode ?? 1;
});
