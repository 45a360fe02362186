import { runQuietly } from "./run-quietly.ts";

/** The CLI as it stands, run again and again: without the second that npm takes before it. */
export class PulumiCommands {
  readonly #options: Parameters<typeof runQuietly>[2];

  constructor(options: Parameters<typeof runQuietly>[2]) {
    this.#options = options;
  }

  /** Throws what the CLI said last when it fails. */
  run(...words: string[]): Promise<string> {
    return runQuietly("pulumi", [...words, "--non-interactive", "--color", "never"], this.#options);
  }

  up(...words: string[]): Promise<string> {
    return this.run("up", "--yes", "--skip-preview", ...words);
  }

  preview(...words: string[]): Promise<string> {
    return this.run("preview", ...words);
  }
}
