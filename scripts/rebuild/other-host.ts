import { join } from "node:path";
import { execa } from "execa";
import { sshCommand } from "../../components/ssh.ts";
import { sshDirectory } from "../../infra/ssh-key.ts";
import type { DeployedEnvironment } from "../environment.ts";
import { Failure } from "../failure.ts";
import { root } from "../workspace.ts";

/**
 * Refuses while the server answers that is to be lost: its Postgres would go on to write into the repository from which
 * the other one is made.
 */
export async function requireGone(
  { ssh, stack }: DeployedEnvironment,
  server: string,
): Promise<void> {
  const address = server.replace(/^.*@/, "").replace(/:\d+$/, "");
  if (!ssh || ssh.address === address) return;
  const [shell, ...words] = sshCommand(ssh);
  const { failed } = await execa(shell, [...words, "-c", "true"], {
    ...{ cwd: sshDirectory, reject: false, timeout: 20_000 },
  });
  if (failed) return;
  throw new Failure(
    `the server ${ssh.address} of ${stack} answers, and two would write into one repository; turn it off for good, or, to move: stop its Postgres there with docker stop slipway-${stack}-postgres, and type it again with --force`,
  );
}

/** Makes the new server ready, and has the stack's file name it. */
export async function prepareHost(stack: string, server: string): Promise<void> {
  const words = [join(root, "scripts/prepare-host.ts"), "--stack", stack, server];
  const { failed } = await execa(process.execPath, words, {
    cwd: root,
    stdio: "inherit",
    reject: false,
  });
  if (failed) throw new Failure(`${server} is not ready; nothing else was changed`);
}
