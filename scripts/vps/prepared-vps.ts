import { execa } from "execa";
import ssh2 from "ssh2";
import { hostScript } from "../../components/host-script.ts";
import { Failure } from "../failure.ts";
import { preparedHost, watchdogScript } from "../watchdog-script.ts";
import { startVps, type Vps, type VpsOptions } from "./vps.ts";

/** What stands in `slipway:host` for a server. */
export interface HostSettings {
  address: string;
  port: number;
  user: string;
  hostKey: string;
  /** A secret. */
  privateKey: string;
}

export interface PreparedVps extends Vps {
  host: HostSettings;
  /** How many connections of who deploys it has let in. */
  accepted(): Promise<number>;
  /** Ends every connection of who deploys. */
  cut(): Promise<void>;
  /** Drops each packet of SSH until what it returns is called. */
  silence(): Promise<() => Promise<void>>;
}

const user = "deploy";
const packages = [
  ...[
    "ca-certificates",
    "curl",
    "docker-cli",
    "docker.io",
    "fail2ban",
    "libpam-systemd",
    "nftables",
    "python3",
  ],
  ...["python3-systemd", "systemd-timesyncd", "unattended-upgrades"],
];

/** A server in a container as `npm run prepare-host` leaves it. */
export async function startPreparedVps(options: VpsOptions = {}): Promise<PreparedVps> {
  const vps = await startVps({ packages, ...options });
  try {
    const { public: publicKey, private: privateKey } = ssh2.utils.generateKeyPairSync("ed25519");
    const hostKey = await prepare(vps, `${publicKey} slipway`);
    const host = { address: "127.0.0.1", port: vps.sshPort, user, hostKey, privateKey };
    return { ...vps, host, ...connections(vps) };
  } catch (error) {
    await vps.stop();
    throw error;
  }
}

/** Returns the server's key. */
async function prepare({ run, container }: Vps, publicKey: string): Promise<string> {
  const input = hostScript("prepare-host", preparedHost, {
    ...{ MODE: "make", LOGIN: user, PUBLIC_KEYS: publicKey, PORTS: "80 443" },
    WATCHDOG: watchdogScript(),
  });
  const words = ["exec", "--interactive", container, "bash", "-s", "--", "apply"];
  const { failed, all, stdout } = await execa("docker", words, { input, all: true, reject: false });
  const hostKey = /^host key (.*)$/m.exec(stdout)?.[1];
  if (failed || !hostKey) throw new Failure(`the server in a container does not get ready: ${all}`);
  await run("systemctl", "stop", "slipway-undo.timer");
  return hostKey;
}

function connections({ run }: Vps): Pick<PreparedVps, "accepted" | "cut" | "silence"> {
  return {
    async accepted() {
      const log = await run("journalctl", "--unit", "ssh.service", "--output", "cat");
      return log.split(`Accepted publickey for ${user}`).length - 1;
    },
    // The process that serves a connection for its user has that user's name.
    async cut() {
      await run("sh", "-c", `pkill -KILL -f '^sshd[^ ]*: ${user}' || true`);
    },
    async silence() {
      const nft = (text: string) => run("nft", text);
      await nft("add table inet silence");
      for (const [hook, port] of [
        ["input", "dport"],
        ["output", "sport"],
      ]) {
        await nft(`add chain inet silence ${hook} { type filter hook ${hook} priority -300; }`);
        await nft(`add rule inet silence ${hook} tcp ${port} 22 drop`);
      }
      return async () => {
        await nft("delete table inet silence");
      };
    },
  };
}
