import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import grpc from "@grpc/grpc-js";
import { EngineRecorder } from "./engine-recorder.ts";

/** Directory of the launchers, with a slash at its end. */
export const launchers = fileURLToPath(
  new URL("../../scripts/toolchain/plugins/bin/", import.meta.url),
);

export interface PluginProcess {
  /** `127.0.0.1:PORT` of the plugin. */
  address: string;
  engine: EngineRecorder;
  /** From the start of the process to its port. */
  startMilliseconds: number;
  /** Ends it as the engine does, and returns how long that took in milliseconds. */
  stop(): Promise<number>;
}

/** Starts a plugin by its launcher, as the engine does: the engine's address is its argument, its port the first line. */
export async function startPlugin(
  name: string,
  environment: Record<string, string> = {},
): Promise<PluginProcess> {
  const engine = await EngineRecorder.start();
  const started = performance.now();
  const child = spawn(launchers + name, [engine.address], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [port] = (await once(createInterface(child.stdout), "line")) as [string];
  return {
    address: `127.0.0.1:${port}`,
    engine,
    startMilliseconds: performance.now() - started,
    async stop() {
      const asked = performance.now();
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, "exit");
        child.kill("SIGINT");
        await exited;
      }
      engine.stop();
      return performance.now() - asked;
    },
  };
}

/** Makes one call of a generated client a promise: `answer((done) => client.check(request, done))`. */
export function answer<Response>(
  ask: (done: (error: grpc.ServiceError | null, response: Response) => void) => unknown,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    ask((error, response) => (error ? reject(error) : resolve(response)));
  });
}

export const insecure = grpc.credentials.createInsecure();
