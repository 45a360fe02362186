import type { z } from "zod";
import type { Ssh } from "../../components/ssh.ts";
import type { host } from "./platform.ts";

/** How a host is reached, if not as this machine. */
export function sshOf(
  { address, user, port, hostKey }: z.infer<typeof host>,
  keyFile: string | undefined,
): Ssh | undefined {
  if (address === undefined || hostKey === undefined) return undefined;
  return { address, user, port, hostKey, ...(keyFile ? { keyFile } : {}) };
}
