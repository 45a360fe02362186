import { parseArgs } from "node:util";
import { Failure } from "./failure.ts";
import { localStack } from "./workspace.ts";

export interface Option {
  type: "string" | "boolean";
  short?: string;
  default?: string;
  /** What stands for its value in the help, such as LINES. */
  value?: string;
  about: string;
}

/** A command of package.json as people type it. */
export interface Command {
  /** The whole line, with `--` where npm needs it. */
  usage: string;
  /** One sentence. */
  about: string;
  /** Its own, beside `--stack` and `--help`. */
  options?: Record<string, Option>;
  /** How many words it takes at most. Defaults to none. */
  words?: number;
  /** Given when the command is about the local stack alone: what to type for another stack. */
  elsewhere?: (stack: string) => string;
}

export interface CommandLine {
  stack: string;
  values: Record<string, string | boolean | undefined>;
  words: string[];
}

/** Reads what was typed. `--help` prints the usage and ends; what is not known is refused with the usage. */
export function readCommandLine(command: Command): CommandLine {
  const { stack, rest } = stackOf(command);
  const { values, positionals } = parse(command, rest);
  const tooMany = positionals[command.words ?? 0];
  if (tooMany !== undefined) {
    throw new Failure(`'${tooMany}' is one word too many; type: ${command.usage}`);
  }
  return { stack, values, words: positionals };
}

/**
 * The same for a command that runs another one, whose words it leaves alone: own options stand before them. Only
 * `--stack NAME` is taken wherever it stands, since a command for the wrong stack does harm; after `--` nothing is.
 */
export function readOuterCommandLine(command: Command): CommandLine {
  const { stack, rest } = stackOf(command, ["--stack"]);
  const { tokens } = parseArgs({
    ...{ args: rest, options: optionsOf(command), strict: false },
    ...{ allowPositionals: true, tokens: true },
  });
  const first = tokens.find(({ kind }) => kind !== "option");
  const at = first?.index ?? rest.length;
  const { values } = parse(command, rest.slice(0, at));
  return { stack, values, words: rest.slice(first?.kind === "option-terminator" ? at + 1 : at) };
}

/** The same for a command that hands every other word on: beside `--stack` it knows `--help` alone, as the first. */
export function readPassedCommandLine(command: Command): Omit<CommandLine, "values"> {
  const { stack, rest } = stackOf(command, ["--stack"]);
  if (rest[0] === "--help" || rest[0] === "-h") parse(command, ["--help"]);
  return { stack, words: rest[0] === "--" ? rest.slice(1) : rest };
}

/** Takes `--stack NAME` out of a command line that may hold other words. Defaults to the local stack. */
export function takeStack(
  words: string[],
  flags = ["--stack", "-s"],
): { stack: string; rest: string[] } {
  const rest: string[] = [];
  let stack = localStack;
  const own = words.includes("--") ? words.indexOf("--") : words.length;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    const [flag = "", attached] = word.split("=", 2);
    if (index < own && flags.includes(flag)) {
      const value = attached ?? words[++index];
      if (!value)
        throw new Failure("--stack needs the name of a stack, for example --stack staging");
      stack = value;
    } else {
      rest.push(word);
    }
  }
  requireStackName(stack);
  return { stack, rest };
}

export function requireStackName(stack: string): void {
  if (/^[a-z][a-z0-9-]{0,30}$/.test(stack)) return;
  throw new Failure(`'${stack}' is no stack's name; type for example --stack staging`);
}

function stackOf(command: Command, flags?: string[]) {
  refuseWhatNpmTook(command);
  const { stack, rest } = takeStack(process.argv.slice(2), flags);
  if (command.elsewhere && stack !== localStack) {
    throw new Failure(
      `this is about the local stack only; for ${stack} type: ${command.elsewhere(stack)}`,
    );
  }
  return { stack, rest };
}

/** Without `--` npm keeps an option to itself, and the command would run for another stack than was meant. */
function refuseWhatNpmTook(command: Command): void {
  for (const name of ["stack", ...Object.keys(command.options ?? {})]) {
    // npm has some options of its own by the same name, and hands them on empty when nobody gave them.
    if (!process.env[`npm_config_${name.replaceAll("-", "_")}`]) continue;
    throw new Failure(`npm kept --${name} to itself; put -- before it: ${command.usage}`);
  }
}

function parse(command: Command, args: string[]) {
  const read = () => {
    try {
      return parseArgs({ args, options: optionsOf(command), allowPositionals: true });
    } catch (error) {
      const [reason] = error instanceof Error ? error.message.split(/\.\s|\n/) : [];
      throw new Failure(`${reason}; type: ${command.usage}`);
    }
  };
  const { values, positionals } = read();
  if (values.help) {
    console.log(help(command));
    process.exit();
  }
  return { values: values as CommandLine["values"], positionals };
}

function optionsOf({ options = {} }: Command) {
  return { ...options, help: { type: "boolean", short: "h" } } as const;
}

function help({ usage, about, options = {}, elsewhere }: Command): string {
  const rows = Object.entries(options).map(
    ([name, { short, value, about, default: otherwise }]) => [
      `${short ? `-${short}, ` : ""}--${name}${value ? ` ${value}` : ""}`,
      otherwise === undefined ? about : `${about} (without it: ${otherwise})`,
    ],
  );
  if (!elsewhere) rows.push(["--stack STACK", `the stack (without it: ${localStack})`]);
  const width = Math.max(...rows.map(([flags = ""]) => flags.length));
  return [
    usage,
    about,
    ...rows.map(([flags = "", about]) => `  ${flags.padEnd(width)}  ${about}`),
  ].join("\n");
}
