import { runQuietly } from "./run-quietly.ts";

/** The CLI as it stands, run again and again: without the second that npm takes before it. */
export class PulumiCommands {
  readonly #options: Parameters<typeof runQuietly>[2];

  constructor(options: Parameters<typeof runQuietly>[2]) {
    this.#options = options;
  }

  /** Throws what the CLI said last when it fails. */
  run(...words: string[]): Promise<string> {
    return this.watch(() => {}, ...words);
  }

  /** The same; `onLine` gets each line of the standard output when it comes. */
  watch(onLine: (line: string) => void, ...words: string[]): Promise<string> {
    const all = [...words, "--non-interactive", "--color", "never"];
    return runQuietly("pulumi", all, { ...this.#options, onLine });
  }

  up(...words: string[]): Promise<string> {
    return this.run("up", "--yes", "--skip-preview", ...words);
  }

  preview(...words: string[]): Promise<string> {
    return this.run("preview", ...words);
  }
}
