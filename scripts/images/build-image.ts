import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { Failure } from "../failure.ts";
import type { Report } from "../progress.ts";

export interface Build {
  /** What it is called to people, such as `the image of examples/erp`. */
  title: string;
  /** Directory with the Dockerfile and all that it copies. */
  directory: string;
  arguments: Record<string, string>;
  /** Name and tag, which the image keeps until the next build of that name. */
  tag?: string;
  labels?: Record<string, string>;
}

/** Builds an image in the local engine and returns its id, `sha256:<64 hex digits>`. */
export async function buildImage(build: Build, report: Report): Promise<string> {
  const work = await mkdtemp(join(tmpdir(), "slipway-build-"));
  const idFile = join(work, "id");
  const show = function* (line: string) {
    const text = line.trim();
    if (text) report.detail(`${build.title}: ${text.slice(0, 100)}`);
    yield line;
  };
  const result = await execa("docker", [...flags(build, idFile), build.directory], {
    env: {
      DOCKER_BUILDKIT: (await hasBuildKit()) ? "1" : "0",
      // Their time of day would give an unchanged image another id.
      BUILDX_NO_DEFAULT_ATTESTATIONS: "1",
    },
    stdout: show,
    stderr: show,
    all: true,
    reject: false,
  });
  if (result.failed) {
    const log = join(work, "log");
    await writeFile(log, result.all);
    throw new Failure(
      `${build.title} could not be built: ${reason(result.all)} (all of it: ${log})`,
    );
  }
  const id = (await readFile(idFile, "utf8")).trim();
  await rm(work, { recursive: true });
  return id;
}

function flags(build: Build, idFile: string): string[] {
  const list = (flag: string, values: Record<string, string>) =>
    Object.entries(values).map(([key, value]) => `--${flag}=${key}=${value}`);
  return [
    "build",
    // Mirrors, proxies and name servers of this machine may answer to itself alone.
    "--network=host",
    "--force-rm",
    `--iidfile=${idFile}`,
    ...(build.tag ? [`--tag=${build.tag}`] : []),
    ...list("label", build.labels ?? {}),
    ...list("build-arg", { ...proxies(), ...build.arguments }),
  ];
}

/** The arguments that every Dockerfile has without declaring them, and that stay out of the image. */
function proxies(): Record<string, string> {
  const names = ["http_proxy", "https_proxy", "no_proxy"].flatMap((name) => [
    name,
    name.toUpperCase(),
  ]);
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
}

/** Newer clients refuse to build, instead of using the engine's own builder, where the plugin is missing. */
async function hasBuildKit(): Promise<boolean> {
  return !(await execa("docker", ["buildx", "version"], { reject: false })).failed;
}

function reason(output: string): string {
  const lines = stripVTControlCharacters(output)
    .split("\n")
    .map((line) => line.trim())
    // What the builder says after it, of itself, tells less than the last words of the program that failed.
    .filter((line) => line && !/^(The command|Removing intermediate|--->|-{3,}$|>>>)/.test(line));
  const telling = lines.findLast((line) => /^(E:|error\b|fatal\b)/i.test(line)) ?? lines.at(-1);
  return telling?.slice(0, 300) ?? "the builder said nothing";
}
