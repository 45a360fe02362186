import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { type Document, parseDocument } from "yaml";
import { parseJournal } from "../../infra/history/journal.ts";
import { listContainers, type RunningContainer } from "../containers.ts";
import { against, docker } from "../engine.ts";
import { readEnvironment } from "../environment.ts";
import { Failure } from "../failure.ts";
import { liveRelease, lookInto } from "../host-directory.ts";
import type { Images } from "../images/resolve-images.ts";
import { BenchStack } from "../performance/bench-stack.ts";
import type { Toolchain } from "../toolchain/ensure-toolchain.ts";
import type { PreparedVps } from "../vps/prepared-vps.ts";
import { localStack, root, stackFiles } from "../workspace.ts";
import { type Attempt, type Outcome, startProgram } from "./attempt.ts";
import { lastWords } from "./last-words.ts";
import type { Event } from "./phases.ts";

const { configFile } = stackFiles(localStack);
export const tickSeconds = 2;

export interface DeploySeconds {
  soakSeconds: number;
  drainSeconds: number;
}

/** The quickstart's stack under another name, whose application is one image that the proof changes again and again. */
export class ProofStack {
  readonly #stack: BenchStack;
  #server: PreparedVps | undefined;

  constructor(toolchain: Toolchain, signal: AbortSignal) {
    this.#stack = new BenchStack(toolchain, signal);
  }

  /** `deploy`: settings of that name, by which a deploy takes its time. */
  async make(
    toolchain: Toolchain,
    images: Images,
    app: string,
    deploy: DeploySeconds,
  ): Promise<void> {
    await this.#stack.make(toolchain, images, app);
    this.#edit((config) => {
      config.setIn(["config", "slipway:settings", "TICK_SECONDS"], tickSeconds);
      // Sockets that stay open are waited for to the end of the drain, at each deploy.
      config.setIn(["config", "slipway:deploy"], config.createNode(deploy));
      const probes = ["config", "slipway:services", "api", "probes"];
      const smoke = ["/api/v1/orders?limit=1", "/api/v1/ticks?limit=1"];
      config.setIn([...probes, "smoke"], config.createNode(smoke));
      config.setIn([...probes, "timeoutSeconds"], 60);
    });
  }

  /** The next deploy goes to a server, whose images come from this machine. */
  async moveTo(server: PreparedVps): Promise<void> {
    const { privateKey, ...host } = server.host;
    this.#edit((config) => {
      config.setIn(["config", "slipway:host"], config.createNode(host));
      const edge = { address: "0.0.0.0", httpPort: 80, httpsPort: 443 };
      for (const [key, value] of Object.entries(edge))
        config.setIn(["config", "slipway:edge", key], value);
    });
    const words = ["config", "set", "--secret", "--path", "slipway:host.privateKey"];
    await execa("pulumi", words, { cwd: root, env: this.#stack.environment, input: privateKey });
    this.#server = server;
  }

  /** Megabytes that have to be free for the next deploy to begin. */
  spareDisk(megabytes: number): void {
    this.#edit((config) =>
      config.setIn(["config", "slipway:deploy", "spareDiskMegabytes"], megabytes),
    );
  }

  /** What the next deploy brings: an image, and a setting that makes it a release of its own. */
  configure(image: string, round: string): void {
    this.#edit((config) => {
      config.setIn(["config", "slipway:app", "image"], image);
      config.setIn(["config", "slipway:settings", "PROOF_ROUND"], round);
    });
  }

  /** Starts `pulumi up`, by default with the state that all of the proof's deploys share. */
  startUp(environment: Record<string, string> = {}): Attempt {
    const words = ["up", "--yes", "--skip-preview", "--non-interactive", "--color", "never"];
    return startProgram("pulumi", words, { ...this.#stack.environment, ...environment });
  }

  up(): Promise<Outcome> {
    return this.startUp().ended;
  }

  /** As `up`, for a deploy that nothing is to be learned from when it fails. */
  async mustUp(): Promise<Outcome> {
    const outcome = await this.up();
    if (outcome.exitCode !== 0) throw new Failure(`pulumi up failed: ${lastWords(outcome.output)}`);
    return outcome;
  }

  /** `npm run recover`. */
  recover(): Promise<Outcome> {
    return startProgram(process.execPath, [join(root, "scripts/recover-stack.ts")], {}).ended;
  }

  /** Of this machine, by which the edge is asked. */
  get httpsPort(): number {
    return this.#server?.httpsPort ?? readEnvironment(localStack).httpsPort;
  }

  containers(): Promise<RunningContainer[]> {
    return listContainers(readEnvironment(localStack));
  }

  /** The release that the marker on the host names. */
  async live(): Promise<string | undefined> {
    return liveRelease(readEnvironment(localStack), await this.containers());
  }

  /** What the host's journal says; nothing where there is none. */
  async journal(): Promise<Event[]> {
    const environment = readEnvironment(localStack);
    const directory = `${environment.directory}/${localStack}/journal`;
    const words = ["sh", "-c", "cat /host/log 2>/dev/null || true"];
    const text = await lookInto(directory, environment, await this.containers(), words);
    return parseJournal(text ?? "").map(({ time, event }) => ({ at: time.getTime(), event }));
  }

  /** The rows that a query gives, as lists of texts. */
  async ask(query: string): Promise<string[][]> {
    const words = [...(await this.#psql()), "--field-separator=|", "--command", query];
    const lines = (await docker(readEnvironment(localStack), words)).split("\n").filter(Boolean);
    return lines.map((line) => line.split("|"));
  }

  /** Begins a transaction with a statement and returns what ends it. */
  async beginTransaction(statement: string): Promise<() => Promise<unknown>> {
    const session = against(readEnvironment(localStack))("docker", await this.#psql(), {
      reject: false,
    });
    session.stdin.write(`BEGIN; ${statement}; SELECT 'begun';\n`);
    await Promise.race([once(session.stdout, "data"), session]);
    return () => {
      session.stdin.end();
      return session;
    };
  }

  async #psql(): Promise<string[]> {
    const server = (await this.containers()).find(({ role }) => role === "postgres");
    const { database } = readEnvironment(localStack);
    return [
      ...["exec", "--interactive", server?.id ?? "postgres"],
      ...["psql", "--username=postgres", `--dbname=${database}`],
      ...["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"],
    ];
  }

  /** What is on a server goes with it. */
  async remove(): Promise<void> {
    if (this.#server) rmSync(stackFiles(localStack).directory, { recursive: true, force: true });
    else await this.#stack.remove();
  }

  #edit(change: (config: Document) => void): void {
    const config = parseDocument(readFileSync(configFile, "utf8"));
    change(config);
    writeFileSync(configFile, config.toString());
  }
}
