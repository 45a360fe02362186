import type { Ssh } from "./ssh.ts";

const changed = /host key verification failed|host key is known|host identification has changed/i;
/** With the ways that were tried behind it; Docker denies its socket in the same words. */
const refused = /permission denied \(|too many authentication failures|no such identity/i;
const away =
  /connection (refused|timed out|closed|reset)|operation timed out|no route to host|network is unreachable|could not resolve|broken pipe|not responding|kex_exchange_identification/i;

/** What is wrong when the SSH client says this, in one line that says what to do; undefined when it is not SSH. */
export function sshProblem(
  { address, port, user, keyFile }: Ssh,
  said: string,
): string | undefined {
  const host = `the host ${address} (port ${port})`;
  if (changed.test(said)) {
    return `${host} shows another key than host.hostKey, so nothing was sent to it; only if you know why it changed, put the new one there: ssh-keyscan -p ${port} ${address}`;
  }
  if (refused.test(said)) {
    const key = keyFile
      ? "the key host.privateKey"
      : "any key of the SSH agent (ssh-add -l shows them)";
    return `${host} does not let ${user} in by ${key}; npm run prepare-host puts the key there`;
  }
  if (away.test(said)) {
    return `${host} does not answer to SSH; see whether it runs, and whether its firewall lets this machine in`;
  }
  return undefined;
}
