import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Settings } from "./settings.ts";

/** Where ssh runs: the engine starts this program and all plugins here. */
export const sshDirectory = import.meta.dirname;

/** Where a stack's private key lies, seen from there: the state names it, and is the same on each machine. */
export function keyFile(stack: string): string {
  return `../.slipway/${stack}/ssh_key`;
}

/**
 * Puts the private key of the configuration where the docker plugin's SSH client finds it, which takes none in any other
 * way: beside the passphrase that opens the configuration.
 */
export function writeKeyFile({ stack, host: { privateKey } }: Settings): void {
  if (privateKey) putKeyFile(stack, privateKey);
}

export function putKeyFile(stack: string, privateKey: string): void {
  const file = join(sshDirectory, keyFile(stack));
  const text = `${privateKey.trim()}\n`;
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const beside = `${file}.${process.pid}`;
  writeFileSync(beside, text, { mode: 0o600 });
  renameSync(beside, file);
}
