import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../workspace.ts";
import type { Stretch } from "./exchanges.ts";

/** How a command ended. */
export interface Outcome extends Stretch {
  /** Undefined when a signal ended it. */
  exitCode: number | undefined;
  /** All that it printed. */
  output: string;
}

/** A command that is at work. */
export interface Attempt {
  ended: Promise<Outcome>;
  /**
   * Kills the command and everything that it has started, at once and without a chance to clean up; with `spare`,
   * the scripts that run on the host live on, as they do when it is another machine.
   */
  kill(spare: boolean): void;
}

export function startProgram(
  program: string,
  words: string[],
  environment: Record<string, string | undefined>,
): Attempt {
  const from = Date.now();
  const running = spawn(program, words, {
    ...{ cwd: root, env: { ...process.env, ...environment } },
    // A group of its own: Ctrl-C on the terminal is for the proof alone.
    ...{ detached: true, stdio: ["ignore", "pipe", "pipe"] as const },
  });
  let output = "";
  for (const stream of [running.stdout, running.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  // What outlives a killed command may hold its output open: its end is the end of the process.
  const ended = once(running, "exit").then(async ([code]): Promise<Outcome> => {
    const to = Date.now();
    await sleep(50);
    return { exitCode: code ?? undefined, output, from, to };
  });
  return {
    ended,
    kill(spare) {
      for (const id of processTree(running.pid as number, spare)) {
        try {
          process.kill(id, "SIGKILL");
        } catch {
          // It has ended by itself.
        }
      }
    },
  };
}

/** A process and all that descend from it; without host scripts and what they have started when these are spared. */
function processTree(pid: number, spare: boolean): number[] {
  const children = new Map<number, number[]>();
  const commands = new Map<number, string>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
      commands.set(Number(entry), readFileSync(`/proc/${entry}/cmdline`, "utf8"));
    } catch {
      // It has ended meanwhile.
    }
  }
  const isHostScript = (id: number) => /(^|\0)bash\0-s\0/.test(commands.get(id) ?? "");
  const descend = (id: number): number[] =>
    spare && isHostScript(id) ? [] : [id, ...(children.get(id) ?? []).flatMap(descend)];
  return descend(pid);
}
