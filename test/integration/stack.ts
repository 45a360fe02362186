import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import type { LookupFunction } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { parseDocument } from "yaml";
import { freePort } from "../../scripts/free-port.ts";

const root = join(import.meta.dirname, "../..");

export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

/**
 * A local stack of a test's own, beside whatever else this machine runs: made, driven and taken down by the commands
 * that users type. `change` edits the configuration that it is made from.
 */
export class TestStack {
  readonly name: string;
  readonly files: string;
  readonly configFile: string;
  readonly directory = mkdtempSync(join(tmpdir(), "slipway-stack-"));
  /** The model that the stack's configuration is made from. */
  readonly template = join(this.directory, "model.yaml");
  httpPort = 0;
  httpsPort = 0;
  readonly #checkout: string;

  /**
   * @param checkout where the commands are, and the stack's files.
   * @param name what its name begins with.
   */
  constructor(checkout = root, name = "test") {
    this.#checkout = checkout;
    this.name = `${name}-${randomBytes(3).toString("hex")}`;
    this.files = join(checkout, ".slipway", this.name);
    this.configFile = join(this.files, `Pulumi.${this.name}.yaml`);
  }

  /** Chooses free ports and writes the model of the configuration. */
  async prepare(
    change: (config: ReturnType<typeof parseDocument>) => void = () => {},
  ): Promise<void> {
    const model = parseDocument(
      readFileSync(join(this.#checkout, "examples/erp/Pulumi.local.yaml"), "utf8"),
    );
    this.httpPort = await freePort();
    this.httpsPort = await freePort();
    const edge = ["config", "slipway:edge"];
    model.setIn([...edge, "name"], `edge-${this.name}`);
    model.setIn([...edge, "httpPort"], this.httpPort);
    model.setIn([...edge, "httpsPort"], this.httpsPort);
    // What is watched and waited for has tests of its own.
    model.setIn(["config", "slipway:deploy"], model.createNode({ soakSeconds: 0 }));
    model.setIn(["config", "slipway:backups"], model.createNode({ prove: false }));
    change(model);
    writeFileSync(this.template, model.toString());
  }

  /** Runs one of scripts/ as `npm run` does. Does not throw: look at `exitCode`. */
  script(name: string, ...words: string[]) {
    return execa("node", [join(this.#checkout, "scripts", name), ...words], {
      cwd: this.#checkout,
      env: { SLIPWAY_LOCAL_STACK: this.name, SLIPWAY_LOCAL_TEMPLATE: this.template },
      preferLocal: true,
      localDir: this.#checkout,
      all: true,
      reject: false,
    });
  }

  pulumi(...words: string[]) {
    return this.script("run-pulumi.ts", ...words, "--non-interactive", "--color", "never");
  }

  /** `pulumi up`; throws what the CLI printed when it fails. */
  async up(...words: string[]): Promise<string> {
    const { exitCode, all } = await this.pulumi("up", "--yes", "--skip-preview", ...words);
    if (exitCode !== 0) throw new Error(all);
    return all;
  }

  /** Asks the edge, trusting the stack's own authority. */
  ask(
    path: string,
    {
      method = "GET",
      body,
      headers = {},
      host = "localhost",
    }: { method?: string; body?: unknown; headers?: Record<string, string>; host?: string } = {},
  ): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const outgoing = request(
      `https://${host}:${this.httpsPort}${path}`,
      {
        method,
        lookup: toLoopback,
        ca: readFileSync(join(this.files, "authority.pem")),
        timeout: 10_000,
        headers: { ...(payload ? { "content-type": "application/json" } : {}), ...headers },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part) => {
          text += part;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      },
    );
    outgoing.on("error", reject).end(payload);
    return promise;
  }

  /** Ids of this stack's containers of a role, running or not. */
  async containers(role: string): Promise<string[]> {
    const filters = [`label=slipway.stack=${this.name}`, `label=slipway.role=${role}`];
    const { stdout } = await docker(
      "ps",
      "--all",
      "--quiet",
      ...filters.flatMap((each) => ["--filter", each]),
    );
    return stdout.split("\n").filter(Boolean);
  }

  async takeDown(): Promise<void> {
    await this.script("take-down-quickstart.ts");
    rmSync(this.files, { recursive: true, force: true });
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Whatever a host is called, it is this one. */
export const toLoopback: LookupFunction = (_, { all }, answer) =>
  all ? answer(null, [{ address: "127.0.0.1", family: 4 }]) : answer(null, "127.0.0.1", 4);

export function docker(...words: string[]) {
  return execa("docker", words);
}

/** Asks every half second until `question` gives something other than undefined; throws after `seconds`. */
export async function eventually<T>(
  what: string,
  seconds: number,
  question: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await question();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`not within ${seconds} seconds: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
