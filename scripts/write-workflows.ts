import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readCommandLine } from "./command-line.ts";
import { Failure, runScript } from "./failure.ts";
import { readRepository } from "./pipeline/read-repository.ts";
import { workflowFiles } from "./workflows/workflows.ts";
import { root } from "./workspace.ts";

const directory = ".github/workflows";
const written = "# Written by `npm run workflows`";

await runScript(async () => {
  const { values } = readCommandLine({
    usage: "npm run workflows -- [--check]",
    about: "Writes GitHub's workflows from the settings of the stack github.",
    options: { check: { type: "boolean", about: "write nothing; fail when a file is stale" } },
    elsewhere: () => "npm run workflows",
  });
  const wanted = workflowFiles(readRepository());
  const place = (name: string) => join(root, directory, name);
  const read = (name: string) => (existsSync(place(name)) ? readFileSync(place(name), "utf8") : "");
  // Somebody's own workflows stand beside these.
  const left = (existsSync(place("")) ? readdirSync(place("")) : []).filter(
    (name) => !wanted.has(name) && read(name).startsWith(written),
  );
  const stale = [...wanted].filter(([name, text]) => read(name) !== text).map(([name]) => name);
  if (values.check) {
    if (stale.length + left.length === 0) return;
    throw new Failure(
      `${[...stale, ...left].map((name) => `${directory}/${name}`).join(", ")} do not say what Pulumi.github.yaml does; type: npm run workflows`,
    );
  }
  mkdirSync(place(""), { recursive: true });
  for (const name of left) rmSync(place(name));
  for (const name of stale) writeFileSync(place(name), wanted.get(name) as string);
  for (const name of stale) console.log(`written  ${directory}/${name}`);
  for (const name of left) console.log(`removed  ${directory}/${name}`);
  if (stale.length + left.length === 0) console.log("All workflows are as they have to be.");
});
