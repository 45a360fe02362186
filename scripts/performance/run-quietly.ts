import { execa } from "execa";
import { Failure } from "../failure.ts";

interface Options {
  cwd: string;
  /** Added to this process's own. */
  env?: Record<string, string | undefined>;
  /** Interrupts the program, which then ends in its own way. */
  signal?: AbortSignal | undefined;
  /** Gets each line of the standard output when it comes. */
  onLine?: (line: string) => void;
}

/** Runs a program and returns its standard output; a failure shows the end of what it wrote. */
export async function runQuietly(
  program: string,
  words: string[],
  { cwd, env = {}, signal, onLine = () => {} }: Options,
): Promise<string> {
  const result = await execa(program, words, {
    cwd,
    env,
    all: true,
    reject: false,
    // A group of its own: Ctrl-C on the terminal would reach it beside the interrupt, and a second one means hurry.
    detached: true,
    stdout: function* (line: string) {
      onLine(line);
      yield line;
    },
    killSignal: "SIGINT",
    forceKillAfterDelay: 60_000,
    ...(signal ? { cancelSignal: signal } : {}),
  });
  if (result.isCanceled) throw new Failure("interrupted");
  if (result.failed) {
    const end = result.all.trim().split("\n").slice(-15).join("\n");
    const how = result.signal ? `was ended by ${result.signal}` : "failed";
    throw new Failure(`${program} ${words[0]} ${how}:\n${end}`);
  }
  return result.stdout;
}
