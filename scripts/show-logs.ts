import { styleText } from "node:util";
import { type Command, readCommandLine } from "./command-line.ts";
import { listContainers, type RunningContainer } from "./containers.ts";
import { against } from "./engine.ts";
import { readEnvironment } from "./environment.ts";
import { Failure, runScript } from "./failure.ts";
import { inOrder } from "./in-order.ts";

const command: Command = {
  usage: "npm run logs -- [SERVICE] [-f] [--tail LINES] [--stack STACK]",
  about: "Shows the logs of a stack's containers in the order of time, or those of one service.",
  options: {
    follow: { type: "boolean", short: "f", about: "go on showing what comes" },
    tail: {
      ...{ type: "string", value: "LINES", default: "100" },
      about: "how many last lines of each container, or all",
    },
  },
  words: 1,
};

await runScript(async () => {
  const { stack, values, words } = readCommandLine(command);
  const tail = String(values.tail);
  if (!/^(\d{1,9}|all)$/.test(tail)) {
    throw new Failure(`--tail needs a number of lines or 'all'; type: ${command.usage}`);
  }
  const environment = readEnvironment(stack);
  const containers = (await listContainers(environment)).filter(({ isLogged }) => isLogged);
  const [wanted] = words;
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
  const width = Math.max(...chosen.map(({ name }) => name.length));
  const prefix = ({ name, release = "" }: RunningContainer) =>
    styleText("cyan", `${name.padEnd(width)} ${release.padEnd(8)} `);
  const show = (container: RunningContainer, line: string) =>
    console.log(prefix(container) + line.replace(/^\S+ ?/, ""));
  // Both of a container's streams come by one pipe: by two, nobody could tell which line was first.
  const read = ({ id }: RunningContainer, ...more: string[]) =>
    against(environment)(
      "sh",
      ["-c", 'exec docker logs "$@" 2>&1', "sh", "--timestamps", "--tail", tail, ...more, id],
      { buffer: false, reject: false },
    ).iterable();
  if (!values.follow) {
    for await (const { from, line } of inOrder(chosen, (each) => read(each))) show(from, line);
    return;
  }
  await Promise.all(
    chosen.map(async (each) => {
      for await (const line of read(each, "--follow")) show(each, line);
    }),
  );
});
