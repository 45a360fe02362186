import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { execa } from "execa";
import { parseDocument } from "yaml";
import type { Toolchain } from "../toolchain/ensure-toolchain.ts";
import { root, stackEnvironment, stackFiles } from "../workspace.ts";

/**
 * Deploys a stack so that a data volume which is empty gets all that was archived, on this terminal; the stack's own file
 * stays as it is. Returns the exit status.
 */
export async function deployRestoring(stack: string, toolchain: Toolchain): Promise<number> {
  const { configFile } = stackFiles(stack);
  const directory = mkdtempSync(join(tmpdir(), "slipway-rebuild-"));
  const copy = join(directory, basename(configFile));
  const config = parseDocument(readFileSync(configFile, "utf8"));
  config.setIn(["config", "slipway:backups", "emptyVolume"], "restore");
  writeFileSync(copy, config.toString({ lineWidth: 0 }), { mode: 0o600 });
  try {
    const { exitCode } = await execa("pulumi", ["up", "--yes", "--skip-preview"], {
      ...{ cwd: root, stdio: ["ignore", "inherit", "inherit"] as const, reject: false },
      env: { ...stackEnvironment(stack, toolchain), PULUMI_OPTION_CONFIG_FILE: copy },
    });
    return exitCode ?? 1;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
