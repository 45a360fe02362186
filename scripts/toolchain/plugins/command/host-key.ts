import type { ConnectConfig, ServerHostKeyAlgorithm } from "ssh2";
import ssh2 from "ssh2";

/** Thrown when the server shows another key than the pinned one; trying again cannot mend it. */
export class HostKeyMismatch extends Error {
  constructor(address: string) {
    super(
      `ssh: handshake failed: ssh: host key mismatch: ${address} does not have the pinned host key`,
    );
  }
}

/**
 * Options that accept one host key only, and that make a server with keys of several types show that one.
 * @param hostKey as in authorized_keys; undefined accepts any server.
 * @param mismatched is called before the connection fails because of another key.
 */
export function hostKeyOptions(
  hostKey: string | undefined,
  mismatched: () => void,
): Pick<ConnectConfig, "hostVerifier" | "algorithms"> {
  if (hostKey === undefined) return {};
  const key = ssh2.utils.parseKey(hostKey);
  if (key instanceof Error) throw new Error(`failed to parse host key: ${key.message}`);
  const expected = key.getPublicSSH();
  return {
    algorithms: { serverHostKey: signatureAlgorithms(key.type) },
    hostVerifier: (shown: Buffer) => {
      const same = shown.equals(expected);
      if (!same) mismatched();
      return same;
    },
  };
}

/** An RSA key signs in several ways; the oldest one is refused by servers of today. */
function signatureAlgorithms(keyType: string): ServerHostKeyAlgorithm[] {
  if (keyType === "ssh-rsa") return ["rsa-sha2-512", "rsa-sha2-256"];
  return [keyType as ServerHostKeyAlgorithm];
}
