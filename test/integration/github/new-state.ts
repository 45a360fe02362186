import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { ensureToolchain } from "../../../scripts/toolchain/ensure-toolchain.ts";

const report = { detail: () => {}, note: console.info };

/**
 * Makes a stack's state in a back-end, from a directory of its own: the CLI would write the salt of a new one into the
 * file of that name in the checkout, whatever file it is told of.
 */
export async function newState(
  stack: string,
  environment: { PULUMI_BACKEND_URL: string; PULUMI_CONFIG_PASSPHRASE: string },
): Promise<void> {
  const { path } = await ensureToolchain(report);
  const directory = mkdtempSync(join(tmpdir(), "slipway-state-"));
  writeFileSync(join(directory, "Pulumi.yaml"), "name: slipway\nruntime: nodejs\n");
  await execa("pulumi", ["stack", "init", stack, "--non-interactive"], {
    cwd: directory,
    env: { ...environment, PATH: [...path, process.env.PATH].join(":") },
  });
  rmSync(directory, { recursive: true });
}
