import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure } from "../failure.ts";
import { duration, type Report } from "../progress.ts";
import { cacheRoot, fillOnce } from "./part-cache.ts";
import { type GoModule, languageHost, type Part, parts, pulumi } from "./versions.ts";

export type Origin = "official" | "built" | "typescript";

export interface Toolchain {
  /** Directories to put first on PATH, in this order. */
  path: string[];
  /** What it is made of; `executable` is an absolute path. */
  parts: { name: string; version: string; origin: Origin; executable: string }[];
}

const goModules = fileURLToPath(new URL("go", import.meta.url));
const typescriptPlugins = fileURLToPath(new URL("plugins/bin", import.meta.url));

/**
 * Gives this machine the Pulumi engine and its plugins: the official ones where the download site answers, else
 * built from their Go modules, or in TypeScript where there is no such module. Once done it starts no process and
 * asks no network; what was chosen stands until the cache is removed. `more` are parts beside those that every stack needs.
 */
export async function ensureToolchain(
  report: Report,
  more: readonly Part[] = [],
): Promise<Toolchain> {
  const present = presentToolchain(more);
  if (present) return present;

  const { DownloadSite } = await import("./download-part.ts");
  const site = new DownloadSite();
  for (const part of [...parts, ...more]) {
    if (locate(part)) continue;
    if (site.reachable) report.detail(`${part.name} ${part.version}: asking ${site.base}`);
    const askedBefore = site.reachable;
    const checksum = part.official && (await site.checksum(part.official));
    if (askedBefore && !site.reachable)
      report.note(
        `${site.base} does not answer: taking Go modules and plugins in TypeScript instead`,
      );
    if (part.official && checksum) {
      const { official } = part;
      await fillOnce(directories(part).official, report, async (directory) => {
        await site.download(official, checksum, directory, report);
        if (!existsSync(join(directory, part.executable)))
          throw new Failure(
            `${official.archive} holds no ${part.executable}: nothing was installed.`,
          );
      });
      report.note(`${part.name} ${part.version}: official, checksum verified`);
    } else if (part.goModule) {
      await build(part, part.goModule, report);
    } else {
      await mkdir(directories(part).typescript, { recursive: true });
      report.note(`${part.name} ${part.version}: Slipway's own, in TypeScript`);
    }
  }

  const made = presentToolchain(more);
  if (!made)
    throw new Error(`the toolchain is not whole after it was made: look into ${cacheRoot()}`);
  return made;
}

/** The path of a program beside the toolchain, built from its Go module: `traefik`, `registry`, `k6` and the like. */
export async function ensureProgram(
  program: Part & { goModule: GoModule },
  report: Report,
): Promise<string> {
  await build(program, program.goModule, report);
  return join(directories(program).built, program.executable);
}

/** The toolchain that the cache holds, when nothing is missing. */
export function presentToolchain(more: readonly Part[] = []): Toolchain | undefined {
  const found: Toolchain["parts"] = [];
  for (const part of [...parts, ...more]) {
    const origin = locate(part);
    if (!origin) return undefined;
    found.push(entry(part, origin));
    // The official archive of the CLI brings its language hosts along.
    if (part === pulumi)
      found.push(entry(languageHost, origin === "official" ? "official" : "typescript"));
  }
  const directoriesOf = (typescript: boolean) =>
    found
      .filter((part) => (part.origin === "typescript") === typescript)
      .map((part) => dirname(part.executable));
  return { path: [...new Set([...directoriesOf(false), ...directoriesOf(true)])], parts: found };
}

function entry(part: Part, origin: Origin): Toolchain["parts"][number] {
  const owner = part === languageHost ? pulumi : part;
  const directory = origin === "typescript" ? typescriptPlugins : directories(owner)[origin];
  const { name, version, executable } = part;
  return { name, version, origin, executable: join(directory, executable) };
}

function locate(part: Part): Origin | undefined {
  const places = directories(part);
  if (existsSync(places.official)) return "official";
  if (part.goModule) return existsSync(places.built) ? "built" : undefined;
  return existsSync(places.typescript) ? "typescript" : undefined;
}

/** Where each kind of a part lies in the cache. That of `typescript` is empty: it records that the site was asked in vain. */
function directories(part: Part): Record<Origin, string> {
  const stem = join(cacheRoot(), `${part.name}-${part.version}`);
  return {
    official: `${stem}-official`,
    built: part.goModule ? `${stem}-${digest(part.goModule)}` : "",
    typescript: `${stem}-typescript`,
  };
}

async function build(part: Part, module: GoModule, report: Report): Promise<void> {
  const directory = directories(part).built;
  if (existsSync(directory)) return;
  const started = Date.now();
  const label = `${part.name} ${part.version}`;
  const { buildPart } = await import("./build-part.ts");
  await fillOnce(directory, report, (temporary) =>
    buildPart(
      {
        label,
        module,
        source: join(goModules, module.directory),
        output: join(temporary, part.executable),
        log: `${directory}.log`,
      },
      report,
    ),
  );
  report.note(`${label}: built from its Go modules in ${duration(started)}`);
}

/** Changes with everything that the build reads, so that checkouts of different commits share what is the same. */
function digest(module: GoModule): string {
  const hash = createHash("sha256").update(JSON.stringify(module)).update(process.arch);
  const root = join(goModules, module.directory);
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })
    .map((found) => (found.isFile() ? join(found.parentPath, found.name) : ""))
    .filter(Boolean)
    .sort())
    hash.update(entry.slice(root.length)).update("\0").update(readFileSync(entry)).update("\0");
  return hash.digest("hex").slice(0, 12);
}
