import { type Command, readCommandLine } from "./command-line.ts";
import { readEnvironment } from "./environment.ts";
import { runScript } from "./failure.ts";
import { readHistory } from "./releases/read-history.ts";
import { releasesTable } from "./releases/releases-table.ts";

const shown = 15;

const command: Command = {
  usage: "npm run releases -- [--all] [--json] [--stack STACK]",
  about: "Shows what was deployed to a stack: when, with which result, by whom, from which commit.",
  options: {
    all: { type: "boolean", about: `show all of it, not the last ${shown} alone` },
    json: { type: "boolean", about: "print it as JSON" },
  },
};

await runScript(async () => {
  const { stack, values } = readCommandLine(command);
  const { live, deploys } = await readHistory(readEnvironment(stack));
  const newest = deploys.reverse().slice(0, values.all ? undefined : shown);
  if (values.json) {
    console.log(JSON.stringify({ stack, live, deploys: newest }, null, 2));
    return;
  }
  if (newest.length === 0) {
    console.log(
      `Nothing was deployed to ${stack} yet. Type: npm run pulumi -- up --stack ${stack}`,
    );
    return;
  }
  const { isTTY, columns } = process.stdout;
  console.log(releasesTable(newest, isTTY ? { columns } : {}));
  const older = deploys.length - newest.length;
  if (older > 0)
    console.log(`${older} older ones are shown by: npm run releases -- --all --stack ${stack}`);
});
