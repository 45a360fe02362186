import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../scripts/free-port.ts";
import { issueCertificate } from "../../../scripts/local-certificate.ts";
import { ensureProgram } from "../../../scripts/toolchain/ensure-toolchain.ts";
import { versitygw } from "../../../scripts/toolchain/versions.ts";
import { startSshServer } from "../../plugins/ssh-server.ts";
import { docker, until } from "../../throw-away.ts";

/** A repository elsewhere than on the host. */
export interface OffsiteServer {
  /** What stands in `slipway:backups.offsite`. */
  settings: Record<string, string | number>;
  /** Those of it that are secrets. */
  secrets: Record<string, string>;
  /** Nobody listens any more. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

/** The address of this machine that containers reach. */
function gateway(): Promise<string> {
  return docker("network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}");
}

/** A bucket of versitygw, with a certificate of an authority that nobody knows. */
export async function startS3(): Promise<OffsiteServer> {
  const binary = await ensureProgram(versitygw, { detail: () => {}, note: console.info });
  const directory = mkdtempSync(join(tmpdir(), "slipway-s3-"));
  const at = (name: string) => join(directory, name);
  const [address, port] = [await gateway(), await freePort()];
  const { certificate, key } = await issueCertificate([address], {
    ...{ certificateFile: at("ca.pem"), keyFile: at("ca.key") },
  });
  writeFileSync(at("certificate.pem"), certificate);
  writeFileSync(at("key.pem"), key, { mode: 0o600 });
  mkdirSync(at("buckets/backups"), { recursive: true });
  const [accessKey, secretKey] = ["access-of-tests", "secret-of-tests"];
  const start = () =>
    listening(address, port, () =>
      spawn(
        binary,
        [
          ...["--port", `${address}:${port}`, "--quiet", "--access", accessKey],
          ...["--secret", secretKey, "--cert", at("certificate.pem"), "--key", at("key.pem")],
          ...["posix", "--sidecar", at("attributes"), at("buckets")],
        ],
        { stdio: "ignore" },
      ),
    );
  mkdirSync(at("attributes"));
  let server = await start();
  const goAway = () => end(server);
  return {
    settings: {
      ...{ mode: "s3", bucket: "backups", endpoint: `${address}:${port}`, uriStyle: "path" },
      ...{ accessKey, caCertificate: readFileSync(at("ca.pem"), "utf8") },
    },
    secrets: { secretKey },
    goAway,
    async comeBack() {
      server = await start();
    },
    async stop() {
      await goAway();
      rmSync(directory, { recursive: true });
    },
  };
}

/** A directory behind OpenSSH's server. */
export async function startSftp(): Promise<OffsiteServer> {
  const directory = mkdtempSync(join(tmpdir(), "slipway-sftp-"));
  const address = await gateway();
  const server = await startSshServer(
    [],
    ["MaxStartups 50", `ListenAddress ${address}`, "Subsystem sftp internal-sftp"],
  );
  const { port, user, privateKey, hostKeys } = server;
  const hostKey = hostKeys.ed25519.split(" ").slice(0, 2).join(" ");
  // Those that it let in are processes of their own.
  const away = async (signal: "STOP" | "CONT") => {
    process.kill(server.pid, `SIG${signal}`);
  };
  return {
    settings: { mode: "sftp", address, port, user, hostKey, path: join(directory, "repository") },
    secrets: { privateKey },
    goAway: () => away("STOP"),
    comeBack: () => away("CONT"),
    async stop() {
      await away("CONT");
      await server.stop();
      rmSync(directory, { recursive: true });
    },
  };
}

async function listening(
  host: string,
  port: number,
  start: () => ChildProcess,
): Promise<ChildProcess> {
  const server = start();
  await until(async () => {
    if (server.exitCode !== null) throw new Error(`it ended with ${server.exitCode}`);
    const socket = connect({ host, port });
    try {
      await once(socket, "connect");
      return true;
    } catch {
      return undefined;
    } finally {
      socket.destroy();
    }
  });
  return server;
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, "exit");
  server.kill("SIGKILL");
  await exited;
}
