import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { parse, parseDocument } from "yaml";
import { buildApp } from "../../scripts/images/build-app.ts";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { issueCertificate } from "../../scripts/local-certificate.ts";
import { startVps, type Vps } from "../../scripts/vps/vps.ts";

const root = join(import.meta.dirname, "../..");
const report = { detail: () => {}, note: console.info };

/** The whole example on a server that prepare-host made ready, by the commands that users type. */
export class ServerStack {
  readonly name = `vps-${process.pid.toString(36)}`;
  readonly #configFile = join(root, `Pulumi.${this.name}.yaml`);
  readonly #states = mkdtempSync(join(tmpdir(), "slipway-states-"));
  readonly vps: Vps;

  constructor(vps: Vps) {
    this.vps = vps;
  }

  static async make(): Promise<ServerStack> {
    const stack = new ServerStack(await startVps());
    try {
      await stack.#succeed("init-stack.ts", stack.name);
      await stack.prepareHost();
      await stack.#configure();
    } catch (error) {
      await stack.remove();
      throw error;
    }
    return stack;
  }

  prepareHost(...words: string[]): Promise<string> {
    const server = `root@127.0.0.1:${this.vps.sshPort}`;
    return this.#succeed("prepare-host.ts", "--stack", this.name, ...words, server);
  }

  async up(): Promise<void> {
    await this.#succeed("run-pulumi.ts", "--stack", this.name, "up", "--yes", "--skip-preview");
  }

  /** Runs one of scripts/. Does not throw: look at `exitCode`. */
  script(name: string, ...words: string[]) {
    return execa("node", [join(root, "scripts", name), ...words], {
      ...{ cwd: root, preferLocal: true, localDir: root, all: true, reject: false },
      ...{ stdin: "ignore" as const },
      env: {
        PATH: `${this.vps.path}:${process.env.PATH}`,
        PULUMI_BACKEND_URL: `file://${this.#states}`,
      },
    });
  }

  /** Status of the answer over the edge; 0 when there is none. */
  async ask(path: string): Promise<number> {
    const { httpsPort } = this.vps;
    const { stdout } = await execa(
      "curl",
      [
        ...["--silent", "--max-time", "2", "--cacert", join(this.#states, "authority.pem")],
        ...["--resolve", `erp.test:${httpsPort}:127.0.0.1`, "--output", "/dev/null"],
        ...["--write-out", "%{http_code}", `https://erp.test:${httpsPort}${path}`],
      ],
      { reject: false },
    );
    return Number(stdout);
  }

  async remove(): Promise<void> {
    await this.vps.stop();
    for (const path of [this.#configFile, this.#states, join(root, ".slipway", this.name)])
      rmSync(path, { recursive: true, force: true });
  }

  async #succeed(name: string, ...words: string[]): Promise<string> {
    const { failed, all } = await this.script(name, ...words);
    if (failed) throw new Error(all);
    return all;
  }

  /** What the example's own stack has, on the ports of a server. */
  async #configure(): Promise<void> {
    const { python, ...images } = await resolveImages(report);
    const image = await buildApp(join(root, "examples/erp"), python, report);
    const model = parse(readFileSync(join(root, "examples/erp/Pulumi.local.yaml"), "utf8")).config;
    const authority = join(this.#states, "authority");
    const files = { certificateFile: `${authority}.pem`, keyFile: `${authority}.key` };
    const config = parseDocument(readFileSync(this.#configFile, "utf8"));
    const put = (path: string[], value: unknown) =>
      config.setIn(["config", ...path], config.createNode(value));
    for (const [key, value] of Object.entries(model)) put([key], value);
    put(["slipway:images"], images);
    put(["slipway:app", "image"], image);
    put(["slipway:edge"], { mode: "own", certificates: "provided" });
    put(["slipway:tls"], await issueCertificate(["erp.test"], files));
    put(["slipway:services", "api", "hosts"], ["erp.test"]);
    put(["slipway:deploy"], { soakSeconds: 0 });
    put(["slipway:secrets", "JWT_SECRET_KEY"], "a".repeat(32));
    writeFileSync(this.#configFile, config.toString());
  }
}
