import { join } from "node:path";
import { execa } from "execa";
import { Failure } from "../../failure.ts";
import type { BenchStack } from "../../performance/bench-stack.ts";
import type { RunAsRoot } from "../../root-command.ts";
import { localStack, root } from "../../workspace.ts";
import type { OrderWriter } from "./order-writer.ts";

/** What every fault works with: a stack with data that somebody writes all the time. */
export interface DataStage {
  stack: BenchStack;
  writer: OrderWriter;
  asRoot: RunAsRoot;
}

export const server = `slipway-${localStack}-postgres`;
export const volume = (name: string) => `slipway-${localStack}-${name}`;

/** Runs one of the scripts that people type; what it said and how it ended. */
export async function typed(script: string, ...words: string[]) {
  const { exitCode, all } = await execa(
    process.execPath,
    [join(root, "scripts", script), ...words],
    {
      ...{ cwd: root, all: true, reject: false },
    },
  );
  return { exitCode, all };
}

/** As `typed`, for what nothing is to be learned from when it fails. */
export async function mustType(script: string, ...words: string[]): Promise<string> {
  const { exitCode, all } = await typed(script, ...words);
  if (exitCode !== 0) throw new Failure(`${script} ${words.join(" ")}: ${all.split("\n").at(-1)}`);
  return all;
}

/** The standard output of the Docker client. */
export async function docker(...words: string[]): Promise<string> {
  return (await execa("docker", words)).stdout;
}

/** Runs a shell's script in the server's container as Postgres' own user. */
export function inServer(script: string): Promise<string> {
  return docker("exec", server, "sh", "-euc", script);
}

/** What psql prints of a statement, as the superuser. */
export function ask(statement: string): Promise<string> {
  return docker(
    ...["exec", server, "psql", "--username=postgres", "--dbname=app", "--no-align"],
    ...["--tuples-only", "--quiet", "--set=ON_ERROR_STOP=1", "--command", statement],
  );
}

/** Runs a shell's script as root of this machine. */
export async function rootScript({ asRoot }: DataStage, script: string): Promise<void> {
  const { failed, all } = await asRoot("sh", "-euc", script);
  if (failed) throw new Failure(`${script}: ${all}`);
}
