import { type Command, readPassedCommandLine } from "./command-line.ts";
import { listContainers } from "./containers.ts";
import { against, docker } from "./engine.ts";
import { readEnvironment } from "./environment.ts";
import { Failure, runScript } from "./failure.ts";

const command: Command = {
  usage: "npm run psql -- [--stack STACK] [--side] [--read-only] [PSQL OPTION ...]",
  about:
    "Opens psql in a stack's own Postgres, as its superuser, or in what is restored beside it; psql gets all other words.",
  options: {
    side: { type: "boolean", about: "in what `npm run restore` put beside it" },
    "read-only": { type: "boolean", about: "as a login that can read rows and nothing else" },
  },
};
const readers =
  "SELECT rolname FROM pg_roles WHERE rolcanlogin AND rolname ~ '^readonly_g[0-9]+$' LIMIT 1";

await runScript(async () => {
  const { stack, words } = readPassedCommandLine(command);
  const take = (word: string) => words[0] === word && words.shift() === word;
  const isBeside = take("--side");
  const onlyReads = take("--read-only");
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
  const psql = (login: string) => [
    "psql",
    `--username=${login}`,
    `--dbname=${environment.database}`,
  ];
  const ask = ["exec", server.id, ...psql("postgres"), "--no-psqlrc", "-Atc", readers];
  const login = onlyReads ? await docker(environment, ask) : "postgres";
  if (!login) {
    throw new Failure(
      `the Postgres of ${stack} has no login yet that only reads; type: npm run pulumi -- up --stack ${stack}`,
    );
  }
  const terminal = process.stdin.isTTY ? ["--tty"] : [];
  const { exitCode } = await against(environment)(
    "docker",
    [...["exec", "--interactive", ...terminal, server.id], ...psql(login), ...words],
    { stdio: "inherit", reject: false },
  );
  process.exitCode = exitCode ?? 1;
});
