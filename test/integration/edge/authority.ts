import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createPlainServer, type IncomingMessage } from "node:http";
import { createServer, request } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../scripts/free-port.ts";
import { issueCertificate } from "../../../scripts/local-certificate.ts";
import { ensureProgram } from "../../../scripts/toolchain/ensure-toolchain.ts";
import { challtestsrv, pebble } from "../../../scripts/toolchain/versions.ts";
import { gatewayAddress, until } from "../../throw-away.ts";

const report = { detail: () => {}, note: console.info };

/** Where it asks whether a host name leads to the edge, and for how many seconds a certificate is valid. */
export interface AuthorityArgs {
  httpPort: number;
  tlsPort: number;
  validitySeconds: number;
  /** What a client has to say that wants to write records of DNS. */
  password: string;
}

/**
 * Pebble, the name server that it asks, and a client of that for records, all on the address of this machine that
 * containers reach. A server stands before it, so that it can be away or broken and keeps its accounts.
 */
export class Authority {
  /** How many orders it took. */
  orders = 0;
  isBroken = false;
  readonly directory = mkdtempSync(join(tmpdir(), "slipway-authority-"));
  readonly certificateFile = join(this.directory, "ca.pem");
  address = "";
  port = 0;
  dnsPort = 0;
  recordsPort = 0;
  private readonly processes: ChildProcess[] = [];
  private readonly servers: Server[] = [];
  private front = createServer();

  static async start(args: AuthorityArgs): Promise<Authority> {
    const authority = new Authority();
    authority.address = await gatewayAddress();
    try {
      await authority.startPrograms(args);
    } catch (error) {
      authority.stop();
      throw error;
    }
    return authority;
  }

  get url(): string {
    return `https://${this.address}:${this.port}/dir`;
  }

  get certificate(): string {
    return readFileSync(this.certificateFile, "utf8");
  }

  /** Nobody listens any more. */
  async goAway(): Promise<void> {
    const closed = once(this.front.close(), "close");
    this.front.closeAllConnections();
    await closed;
  }

  async comeBack(): Promise<void> {
    await once(this.front.listen(this.port, this.address), "listening");
  }

  stop(): void {
    this.front.close().closeAllConnections();
    for (const server of this.servers) server.close();
    for (const child of this.processes) child.kill();
    rmSync(this.directory, { recursive: true });
  }

  private async startPrograms(args: AuthorityArgs): Promise<void> {
    const [pebblePort, managementPort] = [await freePort(), await freePort()];
    this.dnsPort = await freePort();
    const { certificate, key } = await issueCertificate([this.address, "127.0.0.1"], {
      certificateFile: this.certificateFile,
      keyFile: join(this.directory, "ca.key"),
    });
    const file = (name: string, text: string) => {
      writeFileSync(join(this.directory, name), text, { mode: 0o600 });
      return join(this.directory, name);
    };
    const profile = { description: "of a test", validityPeriod: args.validitySeconds };
    const configuration = {
      listenAddress: `127.0.0.1:${pebblePort}`,
      managementListenAddress: "",
      certificate: file("certificate.pem", certificate),
      privateKey: file("key.pem", key),
      ...{ httpPort: args.httpPort, tlsPort: args.tlsPort },
      ...{ keyAlgorithm: "ecdsa", profiles: { default: profile } },
      retryAfter: { authz: 1, order: 1 },
    };
    const dns = `${this.address}:${this.dnsPort}`;
    const nothing = ["http01", "https01", "tlsalpn01", "doh"].map((name) => `-${name}=`);
    await this.run(
      await ensureProgram(challtestsrv, report),
      ...[...nothing, `-dnsserver=${dns}`, `-management=127.0.0.1:${managementPort}`],
      ...["-defaultIPv4=127.0.0.1", "-defaultIPv6="],
    );
    const config = file("pebble.json", JSON.stringify({ pebble: configuration }));
    const words = [`-config=${config}`, `-dnsserver=${dns}`];
    await this.run(await ensureProgram(pebble, report), ...words);

    this.front = createServer({ cert: certificate, key }, (incoming, response) => {
      if (this.isBroken) {
        response.writeHead(503).end("overloaded");
        return;
      }
      const { method, url: path, headers } = incoming;
      const options = { method, path, headers, port: pebblePort, rejectUnauthorized: false };
      const onward = request({ host: "127.0.0.1", ...options }, (answer) => {
        if (path === "/order-plz" && answer.statusCode === 201) this.orders += 1;
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.on("error", () => response.writeHead(502).end());
      incoming.pipe(onward);
    });
    await once(this.front.listen(0, this.address), "listening");
    this.port = (this.front.address() as AddressInfo).port;
    await this.startRecords(managementPort, args.password);
    await until(async () => ((await this.isUp(pebblePort)) ? true : undefined));
  }

  /** What lego's provider `httpreq` asks, for the name server. */
  private async startRecords(managementPort: number, password: string): Promise<void> {
    const actions: Record<string, string> = { "/present": "set-txt", "/cleanup": "clear-txt" };
    const known = `Basic ${Buffer.from(`slipway:${password}`).toString("base64")}`;
    const server = createPlainServer(async (incoming, response) => {
      const action = actions[incoming.url ?? ""];
      if (!action || incoming.headers.authorization !== known) {
        response.writeHead(401).end();
        return;
      }
      const { fqdn: host, value } = JSON.parse(await textOf(incoming));
      const answer = await fetch(`http://127.0.0.1:${managementPort}/${action}`, {
        ...{ method: "POST", body: JSON.stringify({ host, value }) },
      });
      response.writeHead(answer.status).end();
    });
    this.servers.push(server);
    await once(server.listen(0, this.address), "listening");
    this.recordsPort = (server.address() as AddressInfo).port;
  }

  private async run(program: string, ...words: string[]): Promise<void> {
    // It looks at a name within some seconds of its choice, unless told otherwise.
    const env = { PEBBLE_VA_NOSLEEP: "1", PEBBLE_AUTHZREUSE: "0" };
    const child = spawn(program, words, { stdio: "ignore", env });
    this.processes.push(child);
    await once(child, "spawn");
  }

  private isUp(port: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    request({ host: "127.0.0.1", port, path: "/dir", rejectUnauthorized: false }, (answer) => {
      answer.resume();
      resolve(true);
    })
      .on("error", () => resolve(false))
      .end();
    return promise;
  }
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of incoming) text += part;
  return text;
}
