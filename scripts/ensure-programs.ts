import { execa } from "execa";
import { Failure } from "./failure.ts";
import type { Report } from "./progress.ts";
import { installPackages, rootCommand } from "./root-command.ts";

interface Program {
  /** Succeeds where the program is installed. */
  asks: [file: string, ...words: string[]];
  apt: string[];
  dnf: string[];
}

const programs = {
  curl: { asks: ["curl", "--version"], apt: ["curl"], dnf: ["curl"] },
  jq: { asks: ["jq", "--version"], apt: ["jq"], dnf: ["jq"] },
  python: {
    asks: ["python3", "-c", "import ensurepip, venv"],
    apt: ["python3", "python3-venv"],
    dnf: ["python3"],
  },
  shellcheck: { asks: ["shellcheck", "--version"], apt: ["shellcheck"], dnf: ["ShellCheck"] },
  sshd: {
    asks: ["test", "-x", "/usr/sbin/sshd"],
    apt: ["openssh-server"],
    dnf: ["openssh-server"],
  },
} satisfies Record<string, Program>;

/** Installs the programs that this machine lacks. Fails with one line when it cannot. */
export async function ensurePrograms(
  names: (keyof typeof programs)[],
  report: Report,
): Promise<void> {
  const missing: Program[] = [];
  for (const name of names) if (!(await isInstalled(programs[name]))) missing.push(programs[name]);
  if (missing.length === 0) return;
  const wanted = {
    apt: missing.flatMap(({ apt }) => apt),
    dnf: missing.flatMap(({ dnf }) => dnf),
  };
  const run = await rootCommand(report.detail);
  const { problem } = run ? await installPackages(run, wanted) : { problem: "that needs root" };
  if (problem) {
    throw new Failure(
      `${wanted.apt.join(" and ")} could not be installed (${problem}); type: sudo apt-get install ${wanted.apt.join(" ")}`,
    );
  }
}

async function isInstalled({ asks: [file, ...words] }: Program): Promise<boolean> {
  return !(await execa(file, words, { reject: false })).failed;
}
