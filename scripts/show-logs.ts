import { styleText } from "node:util";
import { listContainers } from "./containers.ts";
import { against, findEnvironment } from "./environment.ts";
import { Failure, runScript } from "./failure.ts";
import { readArguments } from "./workspace.ts";

const usage = "npm run logs -- [SERVICE] [-f] [--tail LINES] [--stack STACK]";

await runScript(async () => {
  const { stack, values, positionals } = readArguments(
    usage,
    { follow: { type: "boolean", short: "f" }, tail: { type: "string", default: "100" } },
    1,
  );
  const environment = findEnvironment(stack);
  const containers = await listContainers(environment);
  const [wanted] = positionals;
  const chosen = containers.filter(
    ({ name, role }) => !wanted || name === wanted || role === wanted,
  );
  if (chosen.length === 0) {
    const names = [...new Set(containers.map(({ name }) => name))];
    throw new Failure(
      names.length === 0
        ? `nothing runs in ${stack}; type: npm run pulumi -- up --stack ${stack}`
        : `${stack} has no '${wanted}'; it has ${names.join(", ")}`,
    );
  }
  const words = ["logs", "--tail", String(values.tail), ...(values.follow ? ["--follow"] : [])];
  const width = Math.max(...chosen.map(({ name }) => name.length));
  await Promise.all(
    chosen.map(async ({ id, name, release = "" }) => {
      const prefix = styleText("cyan", `${name.padEnd(width)} ${release.padEnd(8)} `);
      const lines = against(environment)("docker", [...words, id], {
        all: true,
        buffer: false,
        reject: false,
      });
      for await (const line of lines.iterable({ from: "all" })) console.log(prefix + line);
    }),
  );
});
