import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { parseDocument } from "yaml";
import type { Trigger } from "../../github/actions/trigger.ts";
import { WorkflowRun } from "../../github/actions/workflow-run.ts";
import type { Repository } from "../../github/world/repository.ts";
import { type Deployments, makeDeployments } from "../deploy/deployments.ts";
import { Desk } from "./desk.ts";
import { newState } from "./new-state.ts";
import { RepositoryStack } from "./repository-stack.ts";
import { fetchThisCheckout, linkModules } from "./this-checkout.ts";
import { type Given, secretName, settingsOf, workflowsOf } from "./written-repository.ts";

const root = join(import.meta.dirname, "../../..");
const environments = ["staging", "production"] as const;

/**
 * This repository on a GitHub, with a small stack as `production`, on this machine's engine, and its workflows. What runs
 * is what is committed there.
 */
export class Pipeline {
  readonly github: RepositoryStack;
  readonly #production: Deployments;
  readonly #given: Given;
  readonly #directory = mkdtempSync(join(tmpdir(), "slipway-pipeline-"));

  private constructor(github: RepositoryStack, production: Deployments, given: Given) {
    this.github = github;
    this.#production = production;
    this.#given = given;
  }

  static async open(given: Given): Promise<Pipeline> {
    const github = await RepositoryStack.open(given.plan);
    const pipeline = new Pipeline(github, await makeDeployments(), given);
    await pipeline.#declare();
    await pipeline.#begin();
    return pipeline;
  }

  get repository(): Repository {
    return this.github.at.repository;
  }

  /** A run of a workflow for a ref, which has not begun. */
  start(file: string, trigger: Partial<Trigger> & Pick<Trigger, "event">): WorkflowRun {
    const complete = { ref: "refs/heads/main", actor: "walt", ...trigger };
    const { github } = this.github.at;
    return new WorkflowRun(github, this.repository, file, complete, this.#modules);
  }

  /** Runs a workflow for a ref, as far as nobody has to be asked. */
  run(file: string, trigger: Partial<Trigger> & Pick<Trigger, "event">) {
    return this.start(file, trigger).proceed();
  }

  /** Puts a commit with these files on a branch, past every rule. */
  async commit(files: Record<string, string>, branch = "main"): Promise<string> {
    const { git } = this.repository;
    const parent = (await git.resolve(branch)) ?? (await git.resolve("main")) ?? "";
    const commit = await git.commit({ parents: [parent], files });
    await git.setRef(`refs/heads/${branch}`, commit);
    return commit;
  }

  /** Production's file with other settings; keys as the CLI writes them. */
  productionWith(values: Record<string, unknown> = {}): string {
    const config = parseDocument(readFileSync(this.#production.stack.configFile, "utf8"));
    for (const [key, value] of Object.entries(values)) {
      const path = ["config", ...`slipway:${key}`.split(".")];
      if (value === undefined) config.deleteIn(path);
      else config.setIn(path, config.createNode(value));
    }
    return config.toString();
  }

  /** What production answers. */
  async answer(): Promise<string> {
    return (await this.#production.stack.ask("/")).body.trim();
  }

  /** A checkout of a ref, as people have one. */
  async desk(ref: string): Promise<Desk> {
    const { directory } = this.repository.git;
    return Desk.open(join(this.#directory, "desk"), { directory, ref }, this.#modules, this.#state);
  }

  async close(): Promise<void> {
    const destroyed = await this.#pulumi("production", ["destroy", "--yes", "--skip-preview"]);
    await this.github.close();
    await this.#production.stack.takeDown();
    rmSync(this.#directory, { recursive: true, force: true });
    if (destroyed.failed) throw new Error(destroyed.all);
  }

  /** Of the tests' own packages, in the directory that jobs run in, so that none of them copies it. */
  get #modules(): string {
    return join(this.#directory, "node_modules");
  }

  get #state() {
    return {
      PULUMI_BACKEND_URL: `file://${this.#directory}?metadata=skip`,
      PULUMI_CONFIG_PASSPHRASE: readFileSync(
        join(this.#production.stack.files, "passphrase"),
        "utf8",
      ).trim(),
    };
  }

  get #settings() {
    return settingsOf(this.#given, this.#state.PULUMI_BACKEND_URL);
  }

  async #declare(): Promise<void> {
    this.github.configure(this.#settings);
    for (const name of environments) {
      const key = `environments.${name}.secrets.${secretName}`;
      await this.github.setSecret(key, this.#state[secretName]);
    }
    await this.github.up();
  }

  /** The checkout as it is, with the configuration of the test, is what `main` begins with. */
  async #begin(): Promise<void> {
    const { git } = this.repository;
    await git.setRef("refs/heads/main", await fetchThisCheckout(git));
    await this.commit({
      "Pulumi.github.yaml": this.github.file,
      "Pulumi.staging.yaml": this.productionWith(),
      "Pulumi.production.yaml": this.productionWith(),
      ...workflowsOf(this.#settings),
    });
    for (const name of environments) await newState(name, this.#state);
    await linkModules(this.#directory);
  }

  /** At a desk, with the file that the stack begins with. */
  #pulumi(stack: string, words: string[]) {
    const file = join(this.#directory, `Pulumi.${stack}.yaml`);
    writeFileSync(file, this.productionWith());
    const script = join(root, "scripts/run-pulumi.ts");
    return execa("node", [script, "--stack", stack, ...words, "--non-interactive"], {
      ...{ cwd: root, preferLocal: true, localDir: root, all: true, reject: false },
      env: { ...this.#state, PULUMI_OPTION_CONFIG_FILE: file },
    });
  }
}
