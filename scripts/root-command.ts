import { execa } from "execa";

/** The words that make a command run as root: none for root, `sudo -n` where that needs no password; else undefined. */
export async function rootPrefix(): Promise<string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  const sudo = await execa("sudo", ["-n", "true"], { reject: false });
  return sudo.failed ? undefined : ["sudo", "-n"];
}

/** Installs packages by the machine's own package manager. False where there is none that is known. */
export async function installPackages(
  root: string[],
  packages: { apt: string[]; dnf: string[] },
  detail: (line: string) => void,
): Promise<boolean> {
  const show = function* (line: string) {
    if (line.trim()) detail(line.trim().slice(0, 100));
    yield line;
  };
  const run = (...command: string[]) => {
    const [file, ...args] = [...root, "env", "DEBIAN_FRONTEND=noninteractive", ...command] as [
      string,
      ...string[],
    ];
    return execa(file, args, { stdout: show });
  };
  const has = async (command: string) =>
    !(await execa(command, ["--version"], { reject: false })).failed;
  if (await has("apt-get")) {
    await run("apt-get", "update");
    await run("apt-get", "install", "-y", "--no-install-recommends", ...packages.apt);
    return true;
  }
  if (await has("dnf")) {
    await run("dnf", "install", "-y", ...packages.dnf);
    return true;
  }
  return false;
}
