import { logToEngine } from "../provider/engine-log.ts";

/** So many lines may wait before they are sent together: the engine shows about a thousand messages a second. */
const longBacklog = 50;

/** Shows what a command writes at its resource, line by line while it runs. */
export class ProgressLog {
  readonly #urn: string;
  readonly #waiting: string[] = [];
  #sending: Promise<void> | undefined;
  #unfinishedLine = Buffer.alloc(0);

  constructor(urn: string) {
    this.#urn = urn;
  }

  write(chunk: Buffer): void {
    let rest = Buffer.concat([this.#unfinishedLine, chunk]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      this.#add(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
    }
    this.#unfinishedLine = rest;
  }

  /** Resolves when the engine has every line, the last one too if no line break ends it. */
  async flush(): Promise<void> {
    if (this.#unfinishedLine.length > 0) this.#add(this.#unfinishedLine);
    this.#unfinishedLine = Buffer.alloc(0);
    await this.#sending;
  }

  #add(line: Buffer): void {
    this.#waiting.push(line.toString().replace(/\r$/, ""));
    this.#sending ??= this.#send();
  }

  async #send(): Promise<void> {
    while (this.#waiting.length > 0) {
      const count = this.#waiting.length > longBacklog ? this.#waiting.length : 1;
      await logToEngine("INFO", this.#urn, this.#waiting.splice(0, count).join("\n"), true);
    }
    this.#sending = undefined;
  }
}
