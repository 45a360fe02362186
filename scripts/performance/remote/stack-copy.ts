import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { type Document, parseDocument } from "yaml";
import { Failure } from "../../failure.ts";
import { localStack, root, stackFiles } from "../../workspace.ts";

type Environment = Record<string, string | undefined>;

/** The bench's stack as it is before its first deploy, once more: of the same name, on another host, with a state of its own. */
export class StackCopy {
  readonly #directory: string;
  readonly #environment: Record<string, string>;
  /** In which container the CLI runs; on this machine when there is none. */
  readonly #container: string | undefined;

  /** @param name tells it from other copies. */
  constructor(name: string, environment: Environment, container?: string) {
    const { directory, configFile, stateDirectory } = stackFiles(localStack);
    this.#directory = `${directory}-${name}`;
    cpSync(directory, this.#directory, { recursive: true });
    const moved = (path: string) => path.replace(directory, this.#directory);
    const given = {
      ...environment,
      PULUMI_BACKEND_URL: `file://${moved(stateDirectory)}?metadata=skip`,
      PULUMI_OPTION_CONFIG_FILE: moved(configFile),
    };
    this.#environment = Object.fromEntries(
      Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
    );
    this.#container = container;
  }

  configure(change: (document: Document) => void): void {
    const file = this.#environment.PULUMI_OPTION_CONFIG_FILE as string;
    const document = parseDocument(readFileSync(file, "utf8"));
    change(document);
    writeFileSync(file, document.toString());
  }

  async setSecret(key: string, value: string): Promise<void> {
    await this.#run(["config", "set", "--secret", "--path", key], value);
  }

  /** Seconds from the start of the CLI to its end. */
  async up(...words: string[]): Promise<number> {
    return this.#run(["up", "--yes", "--skip-preview", ...words]);
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** The clock is read beside the CLI, so that the way into a container does not count. */
  async #run(words: string[], input = ""): Promise<number> {
    const script =
      'begin=$(date +%s%N); said=$("$@" 2>&1) || { echo "$said" | tail -n 20 >&2; exit 1; }; echo $(($(date +%s%N) - begin))';
    const command = ["bash", "-c", script, "up", "pulumi", ...words, "--non-interactive"];
    const flags = Object.entries(this.#environment).flatMap(([key, value]) => [
      "--env",
      `${key}=${value}`,
    ]);
    const [program = "", ...rest] = this.#container
      ? [
          "docker",
          "exec",
          "--interactive",
          "--workdir",
          root,
          ...flags,
          this.#container,
          ...command,
        ]
      : command;
    const env = this.#container ? {} : this.#environment;
    const result = await execa(program, rest, { cwd: root, env, input, reject: false });
    if (result.failed)
      throw new Failure(`pulumi ${words[0]} failed:\n${result.stderr || result.shortMessage}`);
    return Number(result.stdout) / 1e9;
  }
}

/** Gives images of this machine's engine to that of a server. */
export async function giveImages(
  images: string[],
  servers: { load(archive: string): Promise<void> }[],
  directory: string,
): Promise<void> {
  const archive = join(directory, "images.tar");
  await execa("docker", ["image", "save", "--output", archive, ...images]);
  for (const server of servers) await server.load(archive);
  rmSync(archive);
}
