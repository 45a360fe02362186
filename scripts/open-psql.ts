import { type Command, readPassedCommandLine } from "./command-line.ts";
import { listContainers } from "./containers.ts";
import { against, docker } from "./engine.ts";
import { readEnvironment } from "./environment.ts";
import { Failure, runScript } from "./failure.ts";

const command: Command = {
  usage: "npm run psql -- [--stack STACK] [--read-only] [PSQL OPTION ...]",
  about: "Opens psql in a stack's own Postgres, as its superuser; psql gets all other words.",
  options: {
    "read-only": { type: "boolean", about: "as a login that can read rows and nothing else" },
  },
};
const readers =
  "SELECT rolname FROM pg_roles WHERE rolcanlogin AND rolname ~ '^readonly_g[0-9]+$' LIMIT 1";

await runScript(async () => {
  const { stack, words } = readPassedCommandLine(command);
  const onlyReads = words[0] === "--read-only";
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
    [
      ...["exec", "--interactive", ...terminal, server.id],
      ...[...psql(login), ...(onlyReads ? words.slice(1) : words)],
    ],
    { stdio: "inherit", reject: false },
  );
  process.exitCode = exitCode ?? 1;
});
