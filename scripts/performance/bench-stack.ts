import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { Images } from "../images/resolve-images.ts";
import { configureLocalStack, makeLocalStack } from "../local-stack.ts";
import type { Toolchain } from "../toolchain/ensure-toolchain.ts";
import { localStack, root, stackEnvironment, stackFiles } from "../workspace.ts";
import { PulumiCommands } from "./pulumi-commands.ts";
import { runQuietly } from "./run-quietly.ts";

const { configFile } = stackFiles(localStack);

/** The whole local stack under another name and on free ports, so that a developer's own is left alone. */
export class BenchStack {
  readonly environment: ReturnType<typeof stackEnvironment>;
  readonly pulumi: PulumiCommands;
  readonly #signal: AbortSignal;

  constructor(toolchain: Toolchain, signal: AbortSignal) {
    this.environment = stackEnvironment(localStack, toolchain);
    this.pulumi = new PulumiCommands({ cwd: root, env: this.environment, signal });
    this.#signal = signal;
  }

  async make(toolchain: Toolchain, images: Images, app: string): Promise<void> {
    await makeLocalStack(toolchain);
    const document = parseDocument(readFileSync(configFile, "utf8"));
    const edge = { name: localStack, httpPort: await freePort(), httpsPort: await freePort() };
    for (const [key, value] of Object.entries(edge)) {
      document.setIn(["config", "slipway:edge", key], value);
    }
    writeFileSync(configFile, document.toString());
    await configureLocalStack(toolchain, images, app);
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

function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer().once("error", reject);
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
  });
  return promise;
}
