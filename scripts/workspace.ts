import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Failure } from "./failure.ts";
import type { Toolchain } from "./toolchain/ensure-toolchain.ts";
import { linkPlugins } from "./toolchain/link-plugins.ts";

/** The checkout. */
export const root = join(import.meta.dirname, "..");

/**
 * The stack that lives in this checkout alone: config, state and passphrase lie in an ignored folder. A second one
 * beside it gets another name by SLIPWAY_LOCAL_STACK; its ports and its edge's name have to be others too.
 */
export const localStack = process.env.SLIPWAY_LOCAL_STACK ?? "local";

/** What the local stack's configuration is copied from when it is made. */
export const localTemplate =
  process.env.SLIPWAY_LOCAL_TEMPLATE ?? join(root, "examples/erp/Pulumi.local.yaml");

/** Where a stack's files lie that are not committed. */
export function stackFiles(stack: string) {
  const directory = join(root, ".slipway", stack);
  return {
    directory,
    configFile:
      stack === localStack
        ? join(directory, `Pulumi.${stack}.yaml`)
        : join(root, `Pulumi.${stack}.yaml`),
    passphraseFile: join(directory, "passphrase"),
    stateDirectory: join(directory, "state"),
    homeDirectory: join(directory, "home"),
    authorityFile: join(directory, "authority.pem"),
    authorityKeyFile: join(directory, "authority.key"),
  };
}

/**
 * What the Pulumi CLI reads from its environment for a stack. A stack other than `local` keeps the back-end that the
 * user has chosen, and its passphrase file is used when there is one.
 */
export function stackEnvironment(stack: string, toolchain: Toolchain): Record<string, string> {
  const files = stackFiles(stack);
  const isLocal = stack === localStack;
  const path = isLocal ? linkPlugins(toolchain, files.homeDirectory) : toolchain.path;
  const given = process.env;
  const hasPassphrase = given.PULUMI_CONFIG_PASSPHRASE ?? given.PULUMI_CONFIG_PASSPHRASE_FILE;
  return {
    PATH: [...path, join(root, "node_modules/.bin"), given.PATH].join(":"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_OPTION_STACK: stack,
    ...(isLocal
      ? {
          PULUMI_HOME: files.homeDirectory,
          // Without `metadata=skip` a kill leaves an empty file of attributes, and every later command fails on it.
          PULUMI_BACKEND_URL: `file://${files.stateDirectory}?metadata=skip`,
          PULUMI_CONFIG_PASSPHRASE_FILE: files.passphraseFile,
          PULUMI_OPTION_CONFIG_FILE: files.configFile,
        }
      : !hasPassphrase && existsSync(files.passphraseFile)
        ? { PULUMI_CONFIG_PASSPHRASE_FILE: files.passphraseFile }
        : {}),
  };
}

/** Refuses when the local stack was never made, or lost a file that nothing can bring back. */
export function requireLocalStack(): void {
  const { configFile, passphraseFile, stateDirectory } = stackFiles(localStack);
  if (!existsSync(configFile) && !existsSync(stateDirectory)) {
    throw new Failure("there is no local stack yet; type: npm run quickstart");
  }
  if (!existsSync(passphraseFile)) {
    throw new Failure(
      `the local stack's passphrase file ${passphraseFile} is gone; put it back, or start anew with: npm run quickstart:down -- --forget`,
    );
  }
}

/** Takes `--stack NAME` out of a command line that may hold other words. Defaults to the local stack. */
export function takeStack(words: string[]): { stack: string; rest: string[] } {
  const rest: string[] = [];
  let stack = localStack;
  const own = words.includes("--") ? words.indexOf("--") : words.length;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    const [flag, attached] = word.split("=", 2) as [string, string?];
    if (index < own && (flag === "--stack" || word === "-s")) {
      const value = attached ?? words[++index];
      if (!value)
        throw new Failure("--stack needs the name of a stack, for example --stack staging");
      stack = value;
    } else {
      rest.push(word);
    }
  }
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(stack)) {
    throw new Failure(`'${stack}' is no stack's name; type for example --stack staging`);
  }
  return { stack, rest };
}

type Options = NonNullable<Parameters<typeof parseArgs>[0]>["options"];

/** Reads a script's own options beside `--stack`. A word that it does not know ends with the line of its usage. */
export function readArguments(usage: string, options: Options = {}, positionals = 0) {
  try {
    const { stack, rest } = takeStack(process.argv.slice(2));
    const parsed = parseArgs({
      args: rest,
      options,
      allowPositionals: positionals > 0,
      strict: true,
    });
    if (parsed.positionals.length > positionals) throw new Error("too many words");
    return {
      stack,
      values: parsed.values as Record<string, unknown>,
      positionals: parsed.positionals,
    };
  } catch (error) {
    if (error instanceof Failure) throw error;
    const reason = error instanceof Error ? error.message.split(/\.\s/)[0] : String(error);
    throw new Failure(`${reason}; type: ${usage}`);
  }
}
