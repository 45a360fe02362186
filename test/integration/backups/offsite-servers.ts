import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { freePort } from "../../../scripts/free-port.ts";
import { issueCertificate } from "../../../scripts/local-certificate.ts";
import { ensureProgram } from "../../../scripts/toolchain/ensure-toolchain.ts";
import { versitygw } from "../../../scripts/toolchain/versions.ts";
import { startSshServer } from "../../plugins/ssh-server.ts";
import { gatewayAddress, until } from "../../throw-away.ts";

/** A repository elsewhere than on the host. */
export interface OffsiteServer {
  /** What stands in `slipway:backups.offsite`. */
  settings: Record<string, string | number>;
  /** Those of it that are secrets. */
  secrets: Record<string, string>;
  /** Whoever connects is turned away. */
  goAway(): void;
  comeBack(): void;
  /** How many were turned away. */
  refused(): number;
  stop(): Promise<void>;
}

/** On the address of this machine that containers reach; sends on to a server of the loopback interface. */
export async function front(target: number) {
  const address = await gatewayAddress();
  const port = await freePort();
  const sockets = new Set<Socket>();
  let isAway = false;
  let refused = 0;
  const server = createServer((incoming) => {
    if (isAway) {
      refused++;
      incoming.destroy();
      return;
    }
    const outgoing = connect(target, "127.0.0.1");
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    }
    // What one side said before it ended gets to the other.
    pipeline(incoming, outgoing, incoming, () => {});
  });
  await once(server.listen(port, address), "listening");
  const goAway = () => {
    isAway = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    ...{ address, port, goAway },
    refused: () => refused,
    comeBack() {
      isAway = false;
    },
    async close() {
      goAway();
      await once(server.close(), "close");
    },
  };
}

/** A bucket of versitygw, with a certificate of an authority that nobody knows. */
export async function startS3(): Promise<OffsiteServer> {
  const binary = await ensureProgram(versitygw, { detail: () => {}, note: console.info });
  const directory = mkdtempSync(join(tmpdir(), "slipway-s3-"));
  const at = (name: string) => join(directory, name);
  const own = await freePort();
  const { close, ...gate } = await front(own);
  const { address, port } = gate;
  const { certificate, key } = await issueCertificate([address], {
    ...{ certificateFile: at("ca.pem"), keyFile: at("ca.key") },
  });
  writeFileSync(at("certificate.pem"), certificate);
  writeFileSync(at("key.pem"), key, { mode: 0o600 });
  for (const each of ["buckets/backups", "attributes"]) mkdirSync(at(each), { recursive: true });
  const [accessKey, secretKey] = ["access-of-tests", "secret-of-tests"];
  const server = spawn(
    binary,
    [
      ...["--port", `127.0.0.1:${own}`, "--quiet", "--keep-alive"],
      ...["--access", accessKey, "--secret", secretKey],
      ...["--cert", at("certificate.pem"), "--key", at("key.pem")],
      ...["posix", "--sidecar", at("attributes"), at("buckets")],
    ],
    { stdio: "ignore" },
  );
  await untilListening(server, own);
  const caCertificate = readFileSync(at("ca.pem"), "utf8");
  return {
    settings: {
      ...{ mode: "s3", bucket: "backups", endpoint: `${address}:${port}`, uriStyle: "path" },
      ...{ accessKey, caCertificate },
    },
    secrets: { secretKey },
    ...gate,
    async stop() {
      await close();
      const exited = once(server, "exit");
      server.kill("SIGKILL");
      await exited;
      rmSync(directory, { recursive: true });
    },
  };
}

/** A directory behind OpenSSH's server. */
export async function startSftp(): Promise<OffsiteServer> {
  const directory = mkdtempSync(join(tmpdir(), "slipway-sftp-"));
  const server = await startSshServer([], ["MaxStartups 50", "Subsystem sftp internal-sftp"]);
  const { close, ...gate } = await front(server.port);
  const { address, port } = gate;
  const { user, privateKey, hostKeys } = server;
  // The kind of key that pgBackRest's library asks for first.
  const hostKey = hostKeys.ecdsa.split(" ").slice(0, 2).join(" ");
  return {
    settings: { mode: "sftp", address, port, user, hostKey, path: join(directory, "repository") },
    secrets: { privateKey },
    ...gate,
    async stop() {
      await close();
      await server.stop();
      rmSync(directory, { recursive: true });
    },
  };
}

async function untilListening(server: ChildProcess, port: number): Promise<void> {
  await until(async () => {
    if (server.exitCode !== null) throw new Error(`it ended with ${server.exitCode}`);
    const socket = connect(port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return true;
    } catch {
      return undefined;
    } finally {
      socket.destroy();
    }
  });
}
