import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../failure.ts";
import { type Exchange, parseExchange } from "./exchanges.ts";

export interface TrafficArgs {
  /** The load generator's executable. */
  k6: string;
  httpsPort: number;
  requestsPerSecond: number;
  /** The authority that has signed the edge's certificate. */
  authorityFile: string;
  /** For its files; it goes with the directory. */
  directory: string;
}

/** What k6 says itself when it has ended. */
export interface Summary {
  requests: number;
  /** Requests that were due and not sent, since too many before them waited for their answers. */
  unsent: number;
}

/** The load on the proof's stack, over HTTPS through its edge, from `start` to `stop`. */
export class Traffic {
  /** All that has ended, in the order in which it ended, as far as `read` has got. */
  readonly exchanges: Exchange[] = [];
  readonly #process: ChildProcess;
  readonly #files: ReturnType<typeof filesIn>;
  readonly #record: number;
  #rest = "";

  private constructor(process: ChildProcess, files: ReturnType<typeof filesIn>) {
    this.#process = process;
    this.#files = files;
    this.#record = openSync(files.record, "r");
  }

  static async start(args: TrafficArgs): Promise<Traffic> {
    const { k6, httpsPort, requestsPerSecond, authorityFile, directory } = args;
    const files = filesIn(directory);
    closeSync(openSync(files.record, "w"));
    const script = join(import.meta.dirname, "load/traffic.js");
    const words = [
      ...["run", "--quiet", "--no-color", "--no-usage-report", "--address", "127.0.0.1:0"],
      ...["--log-format", "raw", "--console-output", files.record, script],
    ];
    const env = {
      ...{ PATH: process.env.PATH, HOME: directory, SSL_CERT_FILE: authorityFile },
      ...{ HTTPS_PORT: String(httpsPort), RATE: String(requestsPerSecond), SUMMARY: files.summary },
      ...{ RUN: randomBytes(4).toString("hex"), K6_AUTO_EXTENSION_RESOLUTION: "false" },
    };
    const log = openSync(files.log, "w");
    // A group of its own: Ctrl-C on the terminal is for the proof, which stops it when it has to.
    const child = spawn(k6, words, { env, detached: true, stdio: ["ignore", log, log] });
    closeSync(log);
    const traffic = new Traffic(child, files);
    for (let waited = 0; traffic.read().length === 0; waited += 1) {
      if (child.exitCode !== null || waited > 300) {
        child.kill("SIGKILL");
        throw new Failure(
          `k6 does not get to work: ${readFileSync(files.log, "utf8").slice(-500)}`,
        );
      }
      await sleep(100);
    }
    return traffic;
  }

  /** Takes in what has ended since the last time, and returns all there is. */
  read(): Exchange[] {
    const chunk = Buffer.alloc(1 << 20);
    for (;;) {
      const length = readSync(this.#record, chunk, 0, chunk.length, null);
      if (length === 0) return this.exchanges;
      const lines = (this.#rest + chunk.toString("utf8", 0, length)).split("\n");
      this.#rest = lines.pop() ?? "";
      for (const line of lines) if (line) this.exchanges.push(parseExchange(line));
    }
  }

  /** Ends it. What is under way is cut off, which is no failure of who would have answered. */
  async stop(): Promise<Summary> {
    this.read();
    const ended = once(this.#process, "exit");
    if (this.#process.exitCode === null) {
      this.#process.kill("SIGINT");
      await ended;
    }
    closeSync(this.#record);
    return JSON.parse(readFileSync(this.#files.summary, "utf8"));
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }
}

function filesIn(directory: string) {
  const at = (name: string) => join(directory, name);
  return { record: at("exchanges"), summary: at("summary.json"), log: at("k6.log") };
}
