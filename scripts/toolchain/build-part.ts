import { createWriteStream, readFileSync } from "node:fs";
import { mkdir, rm, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { Failure } from "../failure.ts";
import type { Report } from "../progress.ts";
import type { GoModule } from "./versions.ts";

/** What the modules, the build cache and the results of a build from nothing take, in bytes. */
const neededDisk = 6e9;

export interface GoBuild {
  /** For the lines that people read: name and version. */
  label: string;
  module: GoModule;
  /** The directory with the go.mod. */
  source: string;
  /** The executable to make. */
  output: string;
  /** Takes the compiler's whole output; it stays when the build fails. */
  log: string;
}

/** Builds with the user's own Go, module proxy and caches; flags set by the user cannot unpin the modules. */
export async function buildPart(build: GoBuild, report: Report): Promise<void> {
  await requireGo(build);
  await requireDisk(build, report);

  const flags = ["-mod=readonly", ...(build.module.tags ? ["-tags", build.module.tags] : [])];
  let downloaded = 0;
  report.detail(`${build.label}: looking at its modules`);
  const packages = await go(build, ["list", "-deps", ...flags, build.module.package], (line) => {
    if (!line.startsWith("go: downloading")) return;
    downloaded += 1;
    report.detail(`${build.label}: ${downloaded} modules downloaded`);
  });

  const total = packages.split("\n").length;
  let compiled = 0;
  report.detail(`${build.label}: compiling ${total} packages`);
  const { versionVariable, versionText } = build.module;
  const linker = `-s -w${versionVariable ? ` -X ${versionVariable}=${versionText}` : ""}`;
  const options = ["-v", "-trimpath", "-buildvcs=false", ...flags, "-ldflags", linker];
  await go(build, ["build", ...options, "-o", build.output, build.module.package], () => {
    compiled += 1;
    report.detail(`${build.label}: compiling, ${compiled} of ${total} packages`);
  });
  await rm(build.log, { force: true });
}

async function go(build: GoBuild, args: string[], onLine: (line: string) => void): Promise<string> {
  await mkdir(dirname(build.log), { recursive: true });
  const command = execa("go", args, { cwd: build.source, env: goEnvironment(), reject: false });
  command.stderr.pipe(createWriteStream(build.log, { flags: "w" }));
  for await (const line of command.iterable({ from: "stderr" })) onLine(line);
  const result = await command;
  if (result.failed) {
    const reason = result.stderr.trimEnd().split("\n").at(-1) || result.shortMessage;
    throw new Failure(
      `building ${build.label} failed: ${reason} (everything it said is in ${build.log})`,
    );
  }
  return result.stdout;
}

/** Says what to install when Go is missing or older than the module wants. */
async function requireGo(build: GoBuild): Promise<void> {
  const wanted = /^go (\S+)$/m.exec(readFileSync(join(build.source, "go.mod"), "utf8"))?.[1] ?? "";
  const result = await execa("go", ["list", "-m", "-mod=readonly"], {
    cwd: build.source,
    env: goEnvironment(),
    reject: false,
  });
  if (result.code === "ENOENT")
    throw new Failure(
      `Go ${wanted} or newer is needed to build ${build.label}: type 'apt-get install golang-go' or take it from https://go.dev/dl, then type the command again.`,
    );
  // A Go that is too old fetches a newer one by itself where it may, and refuses the module where it may not.
  if (result.failed)
    throw new Failure(
      `Go ${wanted} or newer is needed to build ${build.label}: ${result.stderr.trim().split("\n").at(-1)}; take a newer Go from https://go.dev/dl, or type 'export GOTOOLCHAIN=auto' so that Go gets it itself.`,
    );
}

async function requireDisk(build: GoBuild, report: Report): Promise<void> {
  const { stdout } = await execa("go", ["env", "GOMODCACHE", "GOCACHE"], {
    cwd: build.source,
    env: goEnvironment(),
  });
  report.detail(`${build.label}: checking the disk`);
  for (const directory of [...stdout.split("\n"), dirname(build.output)]) {
    await mkdir(directory, { recursive: true });
    const disk = await statfs(directory);
    const free = disk.bavail * disk.bsize;
    if (free < neededDisk)
      throw new Failure(
        `building ${build.label} needs about ${gigabytes(neededDisk)} GB free in ${directory}, which has ${gigabytes(free)} GB: free some, or set GOMODCACHE, GOCACHE and XDG_CACHE_HOME to a larger disk.`,
      );
  }
}

function goEnvironment(): Record<string, string> {
  return {
    GOOS: "linux",
    GOARCH: process.arch === "arm64" ? "arm64" : "amd64",
    // No C compiler is needed, and the result runs in an image without any library.
    CGO_ENABLED: "0",
    GOWORK: "off",
    // A distribution's Go is often set to `local`; a user's own word counts.
    GOTOOLCHAIN: process.env.GOTOOLCHAIN ?? "auto",
  };
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
