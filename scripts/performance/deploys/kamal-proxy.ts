import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { freePort } from "../../free-port.ts";
import { issueCertificate } from "../../local-certificate.ts";
import { localStack, stackFiles } from "../../workspace.ts";
import { runQuietly } from "../run-quietly.ts";

/** An application as it is put behind the proxy: what it runs, where it listens, what says that it is ready. */
export interface ProxiedApp {
  command: string[];
  port: number;
  readiness: string;
}

const name = `${localStack}-kamal-proxy`;
const service = `${localStack}-kamal`;

/**
 * kamal-proxy in a container, deploying as Kamal does with its own defaults: the new container starts, the proxy waits
 * for it, takes it and lets the old one's requests end, the old one stops. Certificate and host name are as the stack's.
 */
export class KamalProxy {
  readonly #app: ProxiedApp;
  readonly #signal: AbortSignal;
  #port = 0;
  #current: string | undefined;

  constructor(app: ProxiedApp, signal: AbortSignal) {
    this.#app = app;
    this.#signal = signal;
  }

  get url(): string {
    return `https://localhost:${this.#port}`;
  }

  /** @param program the proxy's executable. @param directory for the certificate. */
  async start(program: string, helperImage: string, directory: string): Promise<void> {
    const { authorityFile, authorityKeyFile } = stackFiles(localStack);
    const { certificate, key } = await issueCertificate(["localhost"], {
      certificateFile: authorityFile,
      keyFile: authorityKeyFile,
    });
    const certificates = join(directory, "kamal");
    mkdirSync(certificates);
    writeFileSync(join(certificates, "certificate.pem"), certificate);
    writeFileSync(join(certificates, "key.pem"), key, { mode: 0o600 });
    this.#port = await freePort();
    await this.#docker("network", "create", name);
    await this.#docker(
      ...["run", "--detach", "--name", name, "--network", name, "--user", "0:0"],
      ...["--publish", `127.0.0.1:${this.#port}:443`, "--env", "HOME=/tmp"],
      ...["--volume", `${dirname(program)}:/opt/kamal-proxy:ro`],
      ...["--volume", `${certificates}:/certificates:ro`],
      ...["--entrypoint", "/opt/kamal-proxy/kamal-proxy", helperImage, "run"],
    );
  }

  /** Deploys an image. @returns when its container started, in milliseconds since the epoch. */
  async deploy(version: string, image: string): Promise<number> {
    const { command, port, readiness } = this.#app;
    const container = `${service}-${version}`;
    const id = await this.#docker(
      ...["run", "--detach", "--restart", "unless-stopped", "--name", container],
      ...["--network", name, "--label", `service=${service}`, "--log-opt", "max-size=10m"],
      ...[image, ...command],
    );
    await this.#docker(
      ...["exec", name, "/opt/kamal-proxy/kamal-proxy", "deploy", service],
      ...[`--target=${id.slice(0, 12)}:${port}`, `--health-check-path=${readiness}`],
      ...["--deploy-timeout=30s", "--drain-timeout=30s", "--buffer-requests", "--buffer-responses"],
      ...["--host=localhost", "--tls", "--tls-certificate-path=/certificates/certificate.pem"],
      "--tls-private-key-path=/certificates/key.pem",
    );
    if (this.#current) await this.#docker("stop", this.#current);
    this.#current = container;
    return Date.parse(await this.#docker("inspect", "--format", "{{.State.StartedAt}}", id));
  }

  /** Leaves nothing of it, also after an interrupt. */
  async remove(): Promise<void> {
    const listed = ["ps", "--all", "--quiet", "--filter"];
    const { stdout: own } = await execa("docker", [...listed, `name=^${name}$`]);
    const { stdout: apps } = await execa("docker", [...listed, `label=service=${service}`]);
    const ids = `${own}\n${apps}`.split("\n").filter(Boolean);
    if (ids.length > 0) await execa("docker", ["rm", "--force", "--volumes", ...ids]);
    await execa("docker", ["network", "rm", name], { reject: false });
  }

  #docker(...words: string[]): Promise<string> {
    return runQuietly("docker", words, { cwd: "/", signal: this.#signal });
  }
}
