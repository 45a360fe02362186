import { spawn } from "node:child_process";
import { once } from "node:events";
import { execa } from "execa";
import type { Toolchain } from "../toolchain/ensure-toolchain.ts";
import { median, time } from "./timing.ts";

const repetitions = 5;

/** Medians, in seconds, of what every command of the CLI begins with. */
export async function timeParts(
  toolchain: Toolchain,
  directory: string,
): Promise<Record<string, number>> {
  const run =
    (program: string, ...words: string[]) =>
    () =>
      execa(program, words, { cwd: directory });
  const cli = toolchain.parts.find(({ name }) => name === "pulumi")?.executable ?? "pulumi";
  const node = await repeat(run(process.execPath, "--eval", "0"));
  const sdk = await repeat(run(process.execPath, "--eval", 'require("@pulumi/pulumi")'));
  const parts: Record<string, number> = {
    "CLI starts": await repeat(run(cli, "version")),
    "Node starts": node,
    "SDK loads": sdk - node,
  };
  for (const { name, executable } of toolchain.parts) {
    if (name !== "pulumi") parts[`${name} plugin starts`] = await repeat(() => start(executable));
  }
  return parts;
}

async function repeat(action: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < repetitions; count++) times.push(await time(action));
  return median(times);
}

/** A plugin is ready when it has printed its port. */
async function start(executable: string): Promise<void> {
  const plugin = spawn(executable, ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "ignore"] });
  await Promise.race([once(plugin.stdout, "data"), once(plugin, "exit")]);
  plugin.kill("SIGKILL");
}
