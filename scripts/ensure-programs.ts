import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "./failure.ts";
import type { Report } from "./progress.ts";
import { installPackages, rootCommand } from "./root-command.ts";

/** Programs by the package that brings them; the names are the same for apt and dnf unless both are given. */
const packages: Record<string, { apt: string; dnf: string }> = {
  curl: { apt: "curl", dnf: "curl" },
  shellcheck: { apt: "shellcheck", dnf: "ShellCheck" },
  sshd: { apt: "openssh-server", dnf: "openssh-server" },
};

/** Installs the programs that this machine lacks. Fails with one line when it cannot. */
export async function ensurePrograms(
  names: (keyof typeof packages)[],
  report: Report,
): Promise<void> {
  const missing = names.filter((name) => !isInstalled(name)).map((name) => packages[name]);
  const wanted = {
    apt: missing.flatMap((each) => each?.apt ?? []),
    dnf: missing.flatMap((each) => each?.dnf ?? []),
  };
  if (missing.length === 0) return;
  const run = await rootCommand(report.detail);
  const { problem } = run ? await installPackages(run, wanted) : { problem: "that needs root" };
  if (problem) {
    throw new Failure(
      `${wanted.apt.join(" and ")} could not be installed (${problem}); type: sudo apt-get install ${wanted.apt.join(" ")}`,
    );
  }
}

function isInstalled(program: string): boolean {
  const path = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin"];
  return path.some((directory) => existsSync(join(directory, program)));
}
