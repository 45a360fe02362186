import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import type { Toolchain } from "../../scripts/toolchain/ensure-toolchain.ts";
import { linkPlugins } from "../../scripts/toolchain/link-plugins.ts";

const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));

/** A Pulumi program of its own in a temporary directory, with state, home and a stack `test` there. */
export class ThrowAwayProgram {
  readonly directory: string;
  /** What the program reads from its environment; may be changed between runs. */
  environment: Record<string, string>;
  private readonly toolchain: Toolchain;

  private constructor(
    directory: string,
    toolchain: Toolchain,
    environment: Record<string, string>,
  ) {
    this.directory = directory;
    this.toolchain = toolchain;
    this.environment = environment;
  }

  static async make(
    toolchain: Toolchain,
    program: string,
    environment: Record<string, string>,
  ): Promise<ThrowAwayProgram> {
    const directory = await mkdtemp(join(tmpdir(), "slipway-program-"));
    const made = new ThrowAwayProgram(directory, toolchain, environment);
    await mkdir(join(directory, "state"));
    await symlink(modules, join(directory, "node_modules"));
    await writeFile(join(directory, "package.json"), '{ "type": "module" }');
    await writeFile(join(directory, "index.ts"), program);
    await writeFile(
      join(directory, "Pulumi.yaml"),
      "name: program\nruntime:\n  name: nodejs\n  options: { typescript: false }\nmain: index.ts\n",
    );
    await made.pulumi("stack", "init", "test");
    return made;
  }

  /** Runs the CLI and returns all that it said; fails when it fails, with `all` in the error. */
  async pulumi(...words: string[]): Promise<string> {
    const home = join(this.directory, "home");
    const path = linkPlugins(this.toolchain, home);
    const { all } = await execa("pulumi", [...words, "--non-interactive"], {
      cwd: this.directory,
      all: true,
      env: {
        PATH: [...path, join(modules, ".bin"), process.env.PATH].join(":"),
        PULUMI_HOME: home,
        PULUMI_BACKEND_URL: `file://${this.directory}/state?metadata=skip`,
        PULUMI_CONFIG_PASSPHRASE: "for this test",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        ...this.environment,
      },
    });
    return all;
  }

  up(...words: string[]): Promise<string> {
    return this.pulumi("up", "--yes", "--skip-preview", ...words);
  }

  /** The resources of the state, with their secrets in clear. */
  async resources(): Promise<{ urn: string; outputs?: Record<string, unknown> }[]> {
    const { deployment } = JSON.parse(await this.pulumi("stack", "export", "--show-secrets"));
    return deployment.resources ?? [];
  }

  remove(): Promise<void> {
    return rm(this.directory, { recursive: true, force: true });
  }
}
