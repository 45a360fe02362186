import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type Command, readCommandLine, requireStackName } from "./command-line.ts";
import { readEnvironment, runOnHost, withDatabase } from "./environment.ts";
import { Failure, runScript } from "./failure.ts";
import { allowedCopy } from "./masking/allowed-copy.ts";
import { ruleMistakes } from "./masking/check-rules.ts";
import { copyMasked } from "./masking/copy-masked.ts";
import { replaceDatabase, whatIsLeft } from "./masking/replace-database.ts";
import { readRules } from "./masking/rules.ts";
import { maskingStatements } from "./masking/statements.ts";
import { prepareToolchain } from "./prepare-toolchain.ts";
import { StackState } from "./stack-state.ts";
import { root } from "./workspace.ts";

const command: Command = {
  usage: "npm run refresh-from -- SOURCE [--stack STACK]",
  about:
    "Replaces a stack's database by a copy of another stack's in which all is masked by the rules of a file.",
  words: 1,
};

await runScript(async () => {
  const { stack, words } = readCommandLine(command);
  const [source] = words;
  if (source === undefined)
    throw new Failure(`the stack to copy from is missing; type: ${command.usage}`);
  requireStackName(source);
  const file = allowedCopy(source, stack);
  const from = withDatabase(readEnvironment(source));
  if (from.repositories.length === 0) {
    throw new Failure(
      `${source} has no backups, and a copy is restored from one; set slipway:backups.enabled to true and deploy it: npm run pulumi -- up --stack ${source}`,
    );
  }
  const to = withDatabase(readEnvironment(stack));
  const rules = readRules(join(root, file));

  const columns = await runOnHost(from, "list-columns", "apply", {
    ...{ STACK: source, DATABASE: from.database },
  });
  const listing = JSON.parse(columns);
  const mistakes = ruleMistakes(rules, listing);
  if (mistakes.length > 0) {
    throw new Failure(`${file} does not fit ${source}; nothing was copied: ${mistakes.join("; ")}`);
  }
  const id = randomBytes(8).toString("hex");
  // Nobody keeps it: what was masked cannot be found again by trying, and the next copy has other names.
  const masking = maskingStatements(rules, listing, randomBytes(32));
  const tables = await copyMasked({ from, to, columns, masking, id, tell: console.log });

  const state = async () => new StackState(stack, await prepareToolchain());
  const said = await replaceDatabase(to, { id, from: source, tables }, state);
  console.log(said);
  console.log(`${stack} has a copy of ${source}, masked by ${file}; its queues are empty`);
  if (tables === "other") console.log(whatIsLeft(stack, source));
});
