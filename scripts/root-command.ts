import { execa } from "execa";

/** Runs one program as root; each line that it prints goes to `detail`. Does not throw: look at `failed`. */
export type RunAsRoot = (...command: string[]) => Promise<{ failed: boolean; all: string }>;

/** How this person can run something as root: directly, or by a sudo that asks no password; else undefined. */
export async function rootCommand(detail: (line: string) => void): Promise<RunAsRoot | undefined> {
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  if (sudo.length > 0 && (await execa("sudo", ["-n", "true"], { reject: false })).failed)
    return undefined;
  return async (...command) => {
    const show = function* (line: string) {
      if (line.trim()) detail(line.trim().slice(0, 100));
      yield line;
    };
    const [file = "", ...args] = [...sudo, ...command];
    const { failed, all } = await execa(file, args, {
      stdout: show,
      stderr: show,
      all: true,
      reject: false,
    });
    return { failed, all };
  };
}

/** Installs packages with apt or dnf, whichever this machine has. Says why when that was not possible. */
export async function installPackages(
  run: RunAsRoot,
  packages: { apt: string[]; dnf: string[] },
): Promise<{ problem?: string }> {
  const has = async (command: string) =>
    !(await execa(command, ["--version"], { reject: false })).failed;
  const commands = (await has("apt-get"))
    ? [
        ["apt-get", "update"],
        ["apt-get", "install", "-y", ...packages.apt],
      ]
    : (await has("dnf"))
      ? [["dnf", "install", "-y", ...packages.dnf]]
      : undefined;
  if (!commands) return { problem: "this machine has neither apt-get nor dnf" };
  for (const command of commands) {
    const result = await run("env", "DEBIAN_FRONTEND=noninteractive", ...command);
    if (result.failed) {
      const lines = result.all.trim().split("\n");
      const telling = lines.findLast((line) => /^(E:|Error)/.test(line)) ?? lines.at(-1);
      return { problem: `${command.slice(0, 2).join(" ")} said: ${telling}` };
    }
  }
  return {};
}
