import type { Readable } from "node:stream";
import type { CommandOutput } from "./command-resource.ts";
import { ProgressLog } from "./progress-log.ts";

/** Which of a command's outputs the progress display shows. */
export type Logging = "stdout" | "stderr" | "stdoutAndStderr" | "none";

/** Collects what a command writes, and shows it while it runs. */
export class OutputCapture {
  readonly #log: ProgressLog;
  readonly #logging: Logging;
  readonly #chunks: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
  readonly #both: Buffer[] = [];

  constructor(urn: string, logging: Logging = "stdoutAndStderr") {
    this.#log = new ProgressLog(urn);
    this.#logging = logging;
  }

  read(name: "stdout" | "stderr", stream: Readable): void {
    const shown = this.#logging === "stdoutAndStderr" || this.#logging === name;
    stream.on("data", (chunk: Buffer) => {
      this.#chunks[name].push(chunk);
      this.#both.push(chunk);
      if (shown) this.#log.write(chunk);
    });
  }

  /** Everything that was written, in the order in which it arrived. */
  get combined(): string {
    return Buffer.concat(this.#both).toString();
  }

  get output(): CommandOutput {
    return { stdout: this.#text("stdout"), stderr: this.#text("stderr") };
  }

  /** Resolves when all that shall be shown has been shown. */
  flush(): Promise<void> {
    return this.#log.flush();
  }

  #text(name: "stdout" | "stderr"): string {
    return Buffer.concat(this.#chunks[name]).toString().replace(/\n$/, "");
  }
}
