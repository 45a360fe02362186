import type { Readable } from "node:stream";
import { logToEngine } from "../provider/engine-log.ts";
import type { CommandOutput } from "./command-resource.ts";

/** Which of a command's outputs the progress display shows. */
export type Logging = "stdout" | "stderr" | "stdoutAndStderr" | "none";

/** Collects what a command writes and shows it line by line while it runs. */
export class OutputCapture {
  readonly #urn: string;
  readonly #logging: Logging;
  readonly #chunks: Record<keyof CommandOutput & ("stdout" | "stderr"), Buffer[]> = {
    stdout: [],
    stderr: [],
  };
  readonly #both: Buffer[] = [];
  #logged: Promise<void> = Promise.resolve();
  #unfinishedLine = Buffer.alloc(0);

  constructor(urn: string, logging: Logging = "stdoutAndStderr") {
    this.#urn = urn;
    this.#logging = logging;
  }

  read(name: "stdout" | "stderr", stream: Readable): void {
    const logged = this.#logging === "stdoutAndStderr" || this.#logging === name;
    stream.on("data", (chunk: Buffer) => {
      this.#chunks[name].push(chunk);
      this.#both.push(chunk);
      if (logged) this.#log(chunk);
    });
  }

  /** Everything that was written, in the order in which it arrived. */
  get combined(): string {
    return Buffer.concat(this.#both).toString();
  }

  get output(): CommandOutput {
    return { stdout: this.#text("stdout"), stderr: this.#text("stderr") };
  }

  /** Resolves when the engine has every line, the last one too if no line break ends it. */
  async flush(): Promise<void> {
    if (this.#unfinishedLine.length > 0) this.#send(this.#unfinishedLine);
    this.#unfinishedLine = Buffer.alloc(0);
    await this.#logged;
  }

  #text(name: "stdout" | "stderr"): string {
    return Buffer.concat(this.#chunks[name]).toString().replace(/\n$/, "");
  }

  #log(chunk: Buffer): void {
    let rest = Buffer.concat([this.#unfinishedLine, chunk]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      this.#send(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
    }
    this.#unfinishedLine = rest;
  }

  #send(line: Buffer): void {
    const message = line.toString().replace(/\r$/, "");
    this.#logged = this.#logged.then(() => logToEngine("INFO", this.#urn, message, true));
  }
}
