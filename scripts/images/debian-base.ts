import { execa } from "execa";
import { Failure } from "../failure.ts";
import type { Report } from "../progress.ts";
import { installPackages, type RunAsRoot, rootCommand } from "../root-command.ts";
import type { PackageSources } from "./host-settings.ts";

export const suite = "trixie";

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
const cause = "no image registry answers, and what builds the images instead";

/** Makes the smallest Debian from its packages and gives it to the engine as `tag`. Needs root, and about a minute. */
export async function importDebian(
  tag: string,
  packages: PackageSources,
  report: Report,
): Promise<void> {
  const run = await rootCommand((line) => report.detail(`Debian ${suite}: ${line}`));
  if (!run) throw new Failure(`${cause} needs root; type the command as root, or first: sudo -v`);
  await ensureDebootstrap(run);

  // Not /tmp, which may be mounted without programs and device files.
  const { stdout: directory } = await execa("mktemp", ["-d", "/var/tmp/slipway-debian-XXXXXX"]);
  const archive = `${directory}.tar`;
  try {
    const made = await run(
      "env",
      ...[...packages.proxies, "debootstrap", "--variant=minbase"],
      ...["--include=ca-certificates", "--force-check-gpg", `--keyring=${keyring}`],
      ...[suite, directory, ...(packages.mirror ? [packages.mirror] : [])],
    );
    if (made.failed) {
      throw new Failure(
        `${cause} failed: debootstrap said: ${made.all.trim().split("\n").at(-1)} (mend that and type the command again)`,
      );
    }
    report.detail(`Debian ${suite}: handing it to the engine`);
    await run(
      "tar",
      ...["--create", `--file=${archive}`, `--directory=${directory}`, "--one-file-system"],
      ...[
        "--exclude=./dev/*",
        "--exclude=./var/cache/apt/*",
        "--exclude=./var/lib/apt/lists/*",
        ".",
      ],
    );
    await execa("docker", ["import", archive, tag]);
  } finally {
    // A killed debootstrap leaves the machine's own /proc mounted in there.
    await run("rm", "--recursive", "--force", "--one-file-system", directory, archive);
  }
}

async function ensureDebootstrap(run: RunAsRoot): Promise<void> {
  const present = await execa("debootstrap", ["--version"], { reject: false });
  if (!present.failed) return;
  const { problem } = await installPackages(run, {
    apt: ["debootstrap", "debian-archive-keyring"],
    dnf: ["debootstrap", "debian-keyring"],
  });
  if (problem)
    throw new Failure(
      `${cause}, debootstrap, is missing: ${problem}; install it and type the command again`,
    );
}
