import { createHash } from "node:crypto";

/** How a host is reached by SSH, and the one key that it may show. */
export interface Ssh {
  address: string;
  user: string;
  port: number;
  /** As in a `.pub` file: algorithm and key, without a comment. */
  hostKey: string;
  /** File of the private key, as a path from where the client runs. Without it the keys are those of the agent. */
  keyFile?: string;
}

/** Stands for the host in what is compared with its key, whatever its address and port are. */
const alias = "slipway";

/**
 * Options of the OpenSSH client for who calls it again and again, as the Docker client does. One connection carries what
 * is done within a minute, which stays below the limits that sshd has by default: what it refuses to carry goes by one of
 * its own.
 */
export function sharedSshOptions(ssh: Ssh): string[] {
  const identity = createHash("sha256").update(`${ssh.hostKey} ${ssh.keyFile}`).digest("hex");
  return [
    ...sshOptions(ssh),
    ...words({
      ControlMaster: "auto",
      ControlPath: `%d/.slipway-${identity.slice(0, 8)}-%C`,
      ControlPersist: "60",
    }),
  ];
}

/** The host's key is the pinned one and none else; nothing is asked. KnownHostsCommand takes OpenSSH 8.5 or later. */
function sshOptions({ hostKey, keyFile }: Ssh): string[] {
  const [algorithm = ""] = hostKey.split(" ");
  return words({
    BatchMode: "yes",
    StrictHostKeyChecking: "yes",
    HostKeyAlias: alias,
    HostKeyAlgorithms: algorithm === "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : algorithm,
    KnownHostsCommand: `/bin/echo ${alias} ${hostKey}`,
    UserKnownHostsFile: "/dev/null",
    GlobalKnownHostsFile: "/dev/null",
    ConnectTimeout: "15",
    ServerAliveInterval: "10",
    ServerAliveCountMax: "3",
    LogLevel: "ERROR",
    ...(keyFile ? { IdentityFile: keyFile, IdentitiesOnly: "yes" } : {}),
  });
}

function words(options: Record<string, string>): string[] {
  return Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}

/** The words that start a shell on the host, which reads its script from standard input, by a connection of its own. */
export function sshCommand(ssh: Ssh): [program: string, ...words: string[]] {
  const { address, user, port } = ssh;
  return ["ssh", ...sshOptions(ssh), "-T", "-p", String(port), "-l", user, address, "--", "bash"];
}

/** The words that start a shell where the host is: over SSH, or on this machine. */
export function shellOf(ssh: Ssh | undefined): [program: string, ...words: string[]] {
  return ssh ? sshCommand(ssh) : ["bash"];
}

/** The Docker engine of a host that is reached by SSH, as DOCKER_HOST takes it. */
export function sshEngine({ address, user, port }: Ssh): string {
  return `ssh://${user}@${address.includes(":") ? `[${address}]` : address}:${port}`;
}
