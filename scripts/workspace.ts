import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
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

/** The stack of the repository's rules and environments on GitHub; no server belongs to it. */
export const githubStack = "github";

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
    // A stack's name begins with a letter.
    homeDirectory: stack === localStack ? join(directory, "home") : join(root, ".slipway/.home"),
    authorityFile: join(directory, "authority.pem"),
    authorityKeyFile: join(directory, "authority.key"),
  };
}

/**
 * What the Pulumi CLI reads from its environment for a stack; what is undefined has to be taken out of it. A stack
 * other than `local` keeps the back-end and the credentials that the user has chosen, and its passphrase file is used
 * when there is one.
 */
export function stackEnvironment(
  stack: string,
  toolchain: Toolchain,
): Record<string, string | undefined> {
  const files = stackFiles(stack);
  const given = process.env;
  const path = linkPlugins(toolchain, files.homeDirectory);
  return {
    PATH: [...path, join(root, "node_modules/.bin"), given.PATH].join(":"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // The Docker plugin takes its time for each container to find that nothing changed.
    PULUMI_PARALLEL_DIFF: "true",
    PULUMI_OPTION_STACK: stack,
    PULUMI_HOME: files.homeDirectory,
    ...(stack === localStack ? localEnvironment() : chosenEnvironment(files.passphraseFile)),
  };
}

function localEnvironment() {
  const files = stackFiles(localStack);
  return {
    // Without `metadata=skip` a kill leaves an empty file of attributes, and every later command fails on it.
    PULUMI_BACKEND_URL: `file://${files.stateDirectory}?metadata=skip`,
    // The CLI would take it before the file.
    PULUMI_CONFIG_PASSPHRASE: undefined,
    PULUMI_CONFIG_PASSPHRASE_FILE: files.passphraseFile,
    PULUMI_OPTION_CONFIG_FILE: files.configFile,
  };
}

/** What the exports of `npm run env` left in the shell for another stack is nobody's choice for this one. */
function chosenEnvironment(passphraseFile: string) {
  const chosen = Object.fromEntries(
    Object.entries(process.env).map(([key, value]) => [key, isExported(value) ? undefined : value]),
  );
  const { PULUMI_CONFIG_PASSPHRASE: passphrase, PULUMI_CONFIG_PASSPHRASE_FILE: file } = chosen;
  const own = passphrase === undefined && existsSync(passphraseFile) ? passphraseFile : undefined;
  return {
    PULUMI_BACKEND_URL: chosen.PULUMI_BACKEND_URL,
    PULUMI_CONFIG_PASSPHRASE_FILE: file ?? own,
    PULUMI_OPTION_CONFIG_FILE: chosen.PULUMI_OPTION_CONFIG_FILE,
    // The home of the plugins is another one, so that the CLI does not warn of each; who is logged in stays the user's.
    PULUMI_CREDENTIALS_PATH:
      chosen.PULUMI_CREDENTIALS_PATH ?? chosen.PULUMI_HOME ?? join(homedir(), ".pulumi"),
  };
}

function isExported(value: string | undefined): boolean {
  const own = join(root, ".slipway/");
  const { PULUMI_BACKEND_URL: localBackend } = localEnvironment();
  return value === localBackend || (value?.startsWith(own) ?? false);
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
