import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { freePort } from "../../scripts/free-port.ts";

const sshd = "/usr/sbin/sshd";
const hostKeyTypes = ["ed25519", "ecdsa", "rsa"] as const;

export interface SshServer {
  host: string;
  port: number;
  user: string;
  /** Its public keys as in authorized_keys, by type. */
  hostKeys: Record<(typeof hostKeyTypes)[number], string>;
  /** Opens the user's account. */
  privateKey: string;
  /** The same key, locked with `privateKeyPassword`. */
  lockedPrivateKey: string;
  privateKeyPassword: string;
  /** Process id of the server that listens. */
  pid: number;
  /** How many connections it has let in. */
  accepted(): number;
  stop(): Promise<void>;
}

/**
 * Starts OpenSSH's server on a free loopback port, with keys of its own, for the user that runs the test.
 * @param acceptEnv names of the environment variables that it takes.
 * @param settings lines of its configuration; by default it lets many connect at once.
 */
export async function startSshServer(
  acceptEnv: string[],
  settings = ["MaxStartups 50"],
): Promise<SshServer> {
  await ensureSshd();
  const directory = mkdtempSync(join(tmpdir(), "slipway-sshd-"));
  const at = (name: string) => join(directory, name);
  const privateKeyPassword = "locked with this";
  const makeKey = (name: string, type: string, password = "") =>
    execa("ssh-keygen", ["-q", "-t", type, "-N", password, "-C", "", "-f", at(name)]);
  await Promise.all([
    ...hostKeyTypes.map((type) => makeKey(type, type)),
    makeKey("user", "ed25519"),
  ]);
  const privateKey = readFileSync(at("user"), "utf8");
  await execa("ssh-keygen", ["-q", "-p", "-P", "", "-N", privateKeyPassword, "-f", at("user")]);
  const port = await freePort();
  writeFileSync(
    at("sshd_config"),
    [
      "ListenAddress 127.0.0.1",
      `Port ${port}`,
      ...hostKeyTypes.map((type) => `HostKey ${at(type)}`),
      `AuthorizedKeysFile ${at("user.pub")}`,
      `PidFile ${at("pid")}`,
      ...(acceptEnv.length > 0 ? [`AcceptEnv ${acceptEnv.join(" ")}`] : []),
      "PermitRootLogin prohibit-password",
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      // The temporary directory belongs to everybody, which strict modes refuse.
      "StrictModes no",
      "UsePAM no",
      ...settings,
      "",
    ].join("\n"),
  );
  const server = spawn(sshd, ["-D", "-e", "-f", at("sshd_config")], {
    stdio: ["ignore", "ignore", openSync(at("log"), "w")],
  });
  await untilListening(port);
  return {
    host: "127.0.0.1",
    port,
    user: userInfo().username,
    hostKeys: Object.fromEntries(
      hostKeyTypes.map((type) => [type, readFileSync(at(`${type}.pub`), "utf8").trim()]),
    ) as SshServer["hostKeys"],
    privateKey,
    lockedPrivateKey: readFileSync(at("user"), "utf8"),
    privateKeyPassword,
    pid: server.pid as number,
    accepted: () => readFileSync(at("log"), "utf8").split("Accepted publickey for ").length - 1,
    async stop() {
      const exited = once(server, "exit");
      server.kill();
      await exited;
      rmSync(directory, { recursive: true });
    },
  };
}

/** Installs OpenSSH's server where it is missing; it is not started, now or at the machine's next start. */
async function ensureSshd(): Promise<void> {
  if (!existsSync(sshd)) {
    if (process.getuid?.() !== 0) {
      throw new Error("openssh-server is missing: type 'sudo apt-get install openssh-server'");
    }
    const policy = "/usr/sbin/policy-rc.d";
    const mayNotStart = existsSync(policy);
    if (!mayNotStart) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
    try {
      const env = { DEBIAN_FRONTEND: "noninteractive" };
      await execa("apt-get", ["update", "-q"], { env });
      await execa("apt-get", ["install", "-qy", "--no-install-recommends", "openssh-server"], {
        env,
      });
    } finally {
      if (!mayNotStart) rmSync(policy);
    }
  }
  // Where systemd has not made it, sshd refuses to run as root without it.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
}

async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const socket = connect(port, "127.0.0.1");
    const connected = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "error").then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (connected) return;
    await sleep(50);
  }
  throw new Error(`sshd does not listen on port ${port}`);
}
