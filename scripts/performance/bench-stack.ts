import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { type Document, parseDocument } from "yaml";
import { readEnvironment } from "../environment.ts";
import { freePort } from "../free-port.ts";
import type { Images } from "../images/resolve-images.ts";
import { configureLocalStack, makeLocalStack } from "../local-stack.ts";
import type { Toolchain } from "../toolchain/ensure-toolchain.ts";
import { localStack, root, stackEnvironment, stackFiles } from "../workspace.ts";
import { PulumiCommands } from "./pulumi-commands.ts";
import { runQuietly } from "./run-quietly.ts";

const { configFile, authorityFile } = stackFiles(localStack);

/** The whole local stack under another name and on free ports, so that a developer's own is left alone. */
export class BenchStack {
  readonly environment: ReturnType<typeof stackEnvironment>;
  readonly pulumi: PulumiCommands;
  /** Where the edge answers. */
  url = "";
  /** Certificate that the edge's is issued by, in PEM. */
  authority = "";
  readonly #signal: AbortSignal;
  #made = "";

  constructor(toolchain: Toolchain, signal: AbortSignal) {
    this.environment = stackEnvironment(localStack, toolchain);
    this.pulumi = new PulumiCommands({ cwd: root, env: this.environment, signal });
    this.#signal = signal;
  }

  async make(toolchain: Toolchain, images: Images, app: string): Promise<void> {
    await makeLocalStack(toolchain);
    const edge = { name: localStack, httpPort: await freePort(), httpsPort: await freePort() };
    this.configure((document) => {
      for (const [key, value] of Object.entries(edge)) {
        document.setIn(["config", "slipway:edge", key], value);
      }
      // The host would restore its first backup beside what is measured.
      document.setIn(["config", "slipway:backups"], document.createNode({ prove: false }));
    });
    await configureLocalStack(toolchain, images, app);
    this.#made = readFileSync(configFile, "utf8");
    this.authority = readFileSync(authorityFile, "utf8");
    this.url = `https://localhost:${edge.httpsPort}`;
  }

  /** Edits the stack's configuration; the next deploy has it. */
  configure(change: (document: Document) => void): void {
    const document = parseDocument(readFileSync(configFile, "utf8"));
    change(document);
    writeFileSync(configFile, document.toString());
  }

  /** The configuration that the stack was made with. */
  restoreConfiguration(): void {
    writeFileSync(configFile, this.#made);
  }

  /** What the next deploy runs. @param image its id. */
  chooseApp(image: string): void {
    this.configure((document) => document.setIn(["config", "slipway:app", "image"], image));
  }

  /** For how many seconds the next deploy is watched when it has the traffic. */
  soak(seconds: number): void {
    this.configure((document) =>
      document.setIn(["config", "slipway:deploy"], document.createNode({ soakSeconds: seconds })),
    );
  }

  /** Waits for the backup that the first deploy begins: one excludes another. */
  async firstBackupEnds(): Promise<void> {
    const { directory } = readEnvironment(localStack);
    await execa("flock", [`${directory}/${localStack}/backups/lock`, "true"]);
  }

  /** Leaves nothing on the host, neither what the state knows nor what a plain script made. */
  async clear(): Promise<void> {
    await takeDown([], this.#signal);
  }

  /** Removes everything, whatever state it is in, after an interrupt as well. */
  async remove(): Promise<void> {
    if (existsSync(configFile)) await takeDown(["--forget"]);
  }
}

async function takeDown(words: string[], signal?: AbortSignal): Promise<void> {
  const script = join(root, "scripts/take-down-quickstart.ts");
  await runQuietly(process.execPath, [script, ...words], { cwd: root, signal });
}
