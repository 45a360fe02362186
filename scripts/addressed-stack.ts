import { parseArgs } from "node:util";
import { requireStackName, takeStack } from "./command-line.ts";
import { Failure } from "./failure.ts";

/** The CLI's options with values of their own, which are no words. */
const valued = [
  ...["color", "config-file", "cwd", "copy-config-from", "memprofilerate", "profiling"],
  ...["secrets-provider", "tags", "teams", "tracing", "verbose"],
];

/** Verbs of `pulumi stack` that take a stack as a word, with the CLI's other names for them. */
const named = new Set(["new", "init", "create", "setup", "remove", "rm", "delete", "select"]);

export interface AddressedStack {
  stack: string;
  /** What the CLI gets. */
  rest: string[];
  /** Whether the stack is among these words. */
  isNamed: boolean;
  asksForHelp: boolean;
}

/**
 * Which stack a command line of `npm run pulumi` is about: the one of `--stack`, or one that is named as a word; else
 * the local one. Refuses what would go elsewhere than it seems.
 */
export function addressedStack(words: string[]): AddressedStack {
  const { stack, rest } = takeStack(words);
  const plain = { stack, rest, isNamed: false, asksForHelp: false };
  if (words[0] === "help" || words.includes("--help") || words.includes("-h")) {
    return { ...plain, asksForHelp: true };
  }
  const { positionals } = parseArgs({
    args: rest,
    options: {
      ...Object.fromEntries(valued.map((name) => [name, { type: "string" } as const])),
      cwd: { type: "string", short: "C" },
      verbose: { type: "string", short: "v" },
    },
    ...{ strict: false, allowPositionals: true },
  });
  const [group = "", verb = "", word] = positionals;
  const isGiven = rest.length < words.length;
  if (["login", "logout"].includes(group) && !isGiven) {
    throw new Failure(
      `the local stack needs no ${group}; for another one type: npm run pulumi -- --stack NAME ${group}`,
    );
  }
  if (group !== "stack" || !named.has(verb)) return plain;
  // With a back-end that has organisations, a stack's name is the last part of the word.
  const name = word?.split("/").at(-1) ?? (isGiven ? stack : undefined);
  if (name === undefined) {
    throw new Failure(`the name of a stack is missing; type: npm run pulumi -- stack ${verb} NAME`);
  }
  requireStackName(name);
  if (verb === "select") {
    throw new Failure(
      `no command goes by what is selected; type the stack with each, for example: npm run pulumi -- --stack ${name} preview`,
    );
  }
  if (isGiven && name !== stack) {
    throw new Failure(
      `--stack ${stack} and 'stack ${verb} ${name}' name two; type: npm run pulumi -- stack ${verb} ${name}`,
    );
  }
  return {
    stack: name,
    rest: word === undefined ? [...rest, name] : rest,
    isNamed: true,
    asksForHelp: false,
  };
}
