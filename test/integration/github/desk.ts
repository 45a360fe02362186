import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";

/** A checkout of the repository at which somebody works with `production`. */
export class Desk {
  readonly #directory: string;
  readonly #environment: Record<string, string>;

  private constructor(directory: string, environment: Record<string, string>) {
    this.#directory = directory;
    this.#environment = environment;
  }

  static async open(
    directory: string,
    { directory: source, ref }: { directory: string; ref: string },
    modules: string,
    environment: Record<string, string>,
  ): Promise<Desk> {
    await execa("git", ["clone", "--quiet", source, directory]);
    await execa("git", ["checkout", "--quiet", "--detach", ref], { cwd: directory });
    symlinkSync(modules, join(directory, "node_modules"));
    return new Desk(directory, environment);
  }

  /** The stack's file. */
  get configFile(): string {
    return join(this.#directory, "Pulumi.production.yaml");
  }

  /** One of scripts/, as `npm run` starts it. Returns what it printed, or throws that. */
  async run(script: string, ...words: string[]): Promise<string> {
    const path = join(this.#directory, "scripts", script);
    const { failed, all } = await execa("node", [path, "--stack", "production", ...words], {
      ...{ cwd: this.#directory, preferLocal: true, localDir: this.#directory },
      ...{ all: true, reject: false, env: this.#environment },
    });
    if (failed) throw new Error(all);
    return all;
  }
}
