import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { givenEnvironment, previousOutputEnvironment } from "./command-environment.ts";
import { commandFailure } from "./command-failure.ts";
import type { RunCommand } from "./command-resource.ts";
import { type Logging, OutputCapture } from "./output-capture.ts";
import { endGroup } from "./process-group.ts";

/** Runs a command on this machine, by default with `/bin/sh -c`, in a process group of its own. */
export const runLocally: RunCommand = async (command, properties, previous, operation) => {
  const [program = "", ...args] = interpreter(properties.interpreter as string[] | undefined);
  const capture = new OutputCapture(operation.urn, properties.logging as Logging | undefined);
  const ending = await new Promise<string | undefined>((resolve) => {
    const stdin = (properties.stdin as string | undefined) || undefined;
    const child = spawn(program, [...args, command], {
      cwd: (properties.dir as string | undefined) ?? process.cwd(),
      env: {
        ...process.env,
        ...givenEnvironment(properties),
        ...previousOutputEnvironment(properties, previous),
      },
      stdio: [stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      // A group of its own, so that a cancelled command ends with all that it started.
      detached: true,
    });
    if (child.stdout) capture.read("stdout", child.stdout);
    if (child.stderr) capture.read("stderr", child.stderr);
    // A command need not read its input; what it leaves in the pipe is no failure.
    child.stdin?.on("error", () => undefined).end(stdin);
    const cancel = () => endGroup(child);
    if (operation.signal.aborted) cancel();
    operation.signal.addEventListener("abort", cancel, { once: true });
    const end = (reason: string | undefined) => {
      operation.signal.removeEventListener("abort", cancel);
      resolve(operation.signal.aborted ? (operation.signal.reason as Error).message : reason);
    };
    child.on("error", (error) => end(startFailure(error, properties.dir)));
    child.on("close", (code, signal) => {
      if (signal) end(`signal: ${signalNames[signal] ?? signal}`);
      else end(code === 0 ? undefined : `exit status ${code}`);
    });
  });
  await capture.flush();
  if (ending !== undefined) throw commandFailure(ending, command, capture.combined);
  return capture.output;
};

const signalNames: Partial<Record<NodeJS.Signals, string>> = {
  SIGHUP: "hangup",
  SIGINT: "interrupt",
  SIGKILL: "killed",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
};

/** Node names the program when it is the directory that is missing. */
function startFailure(error: Error & { code?: string }, dir: unknown): string {
  if (typeof dir === "string" && !existsSync(dir)) return `chdir ${dir}: no such file or directory`;
  return error.message;
}

function interpreter(given: string[] | undefined): string[] {
  return given && given.length > 0 ? given : ["/bin/sh", "-c"];
}
