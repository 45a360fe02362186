import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Toolchain } from "./ensure-toolchain.ts";

/**
 * Enters the toolchain's plugins in the plugin cache of a PULUMI_HOME, and returns what PATH still needs: the
 * engine alone. It warns at every command about each plugin that it finds on PATH, and takes those of its cache
 * silently. Costs no process, and writes only what changed.
 */
export function linkPlugins(toolchain: Toolchain, pulumiHome: string): string[] {
  const engine = toolchain.parts.find((part) => part.name === "pulumi");
  if (!engine) throw new Error("a toolchain without an engine");
  const path = dirname(engine.executable);
  for (const { executable, version } of toolchain.parts) {
    const file = basename(executable);
    const kind = /^pulumi-(resource|language)-(.+)$/.exec(file);
    // The official engine finds its language hosts beside itself.
    if (!kind || dirname(executable) === path) continue;
    const directory = join(pulumiHome, "plugins", `${kind[1]}-${kind[2]}-v${version}`);
    // A launcher, because the cache passes over links to directories and a plugin asks its path where it lies.
    writeLauncher(
      join(directory, file),
      `#!/bin/sh\nexec '${executable.replaceAll("'", `'\\''`)}' "$@"\n`,
    );
  }
  return [path];
}

function writeLauncher(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  mkdirSync(dirname(file), { recursive: true });
  const beside = `${file}.${process.pid}`;
  writeFileSync(beside, text, { mode: 0o755 });
  renameSync(beside, file);
}
