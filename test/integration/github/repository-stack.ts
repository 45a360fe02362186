import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";
import type { Plan } from "../../github/world/actors.ts";
import type { Visibility } from "../../github/world/repository.ts";
import { Shop } from "../../unit/github/shop.ts";
import { newState } from "./new-state.ts";

const token = "token-of-an-owner";
const root = join(import.meta.dirname, "../../..");

/** The settings of an environment that is guarded by all that GitHub has. */
export const production = {
  reviewers: { users: ["mia"], teams: ["deployers"] },
  ...{ waitMinutes: 10, preventSelfReview: true },
  variables: { AWS_REGION: "eu-central-1" },
};

/** The stack `github`, and a GitHub with the repository that it declares rules for. */
export class RepositoryStack {
  readonly at: Shop;
  readonly directory = mkdtempSync(join(tmpdir(), "slipway-github-"));

  private constructor(at: Shop) {
    this.at = at;
  }

  static async open(plan?: Plan, visibility?: Visibility) {
    const stack = new RepositoryStack(await Shop.open(plan, visibility));
    stack.at.github.world.token(token, "olga");
    await newState("github", stack.state);
    return stack;
  }

  /** Writes the stack's file, all of it. */
  configure(settings: object): void {
    const own = { owner: "acme", name: "shop", api: this.at.github.baseUrl, plan: "enterprise" };
    const config = { "slipway:repository": { ...own, ...settings } };
    writeFileSync(this.#configFile, stringify({ config }));
  }

  /** The text of the stack's file. */
  get file(): string {
    return readFileSync(this.#configFile, "utf8");
  }

  /** Sets one of its settings, as people do. */
  async set(key: string, value: string, ...options: string[]): Promise<void> {
    const words = ["config", "set", ...options, "--path", `slipway:repository.${key}`, value];
    const { failed, all } = await this.pulumi(...words);
    if (failed) throw new Error(all);
  }

  /** The same of a secret. */
  setSecret(key: string, value: string): Promise<void> {
    return this.set(key, value, "--secret");
  }

  /** As `npm run pulumi` does. Does not throw: look at `exitCode`. */
  pulumi(...words: string[]) {
    return this.script("run-pulumi.ts", [...words, "--non-interactive", "--color", "never"]);
  }

  /** One of scripts/, as its command runs it, with a token in the shell. Does not throw: look at `exitCode`. */
  script(name: string, words: string[] = [], environment: Record<string, string> = {}) {
    return execa("node", [join(root, "scripts", name), "--stack", "github", ...words], {
      ...{ cwd: root, preferLocal: true, localDir: root, all: true, reject: false },
      env: {
        ...this.state,
        PULUMI_OPTION_CONFIG_FILE: this.#configFile,
        GITHUB_TOKEN: token,
        ...environment,
      },
    });
  }

  /** `pulumi up`; throws what the CLI printed when it fails. */
  async up(...words: string[]): Promise<string> {
    const { exitCode, all } = await this.pulumi("up", "--yes", "--skip-preview", ...words);
    if (exitCode !== 0) throw new Error(all);
    return all;
  }

  async close(): Promise<void> {
    await this.at.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Where its state is, and what opens it, as the CLI reads it. */
  get state() {
    return {
      PULUMI_BACKEND_URL: `file://${this.directory}?metadata=skip`,
      PULUMI_CONFIG_PASSPHRASE: "of-a-test",
    };
  }

  get #configFile(): string {
    return join(this.directory, "Pulumi.github.yaml");
  }
}
