import { createHash } from "node:crypto";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { Report } from "../progress.ts";
import { ensureProgram } from "../toolchain/ensure-toolchain.ts";
import { traefik } from "../toolchain/versions.ts";
import { buildImage } from "./build-image.ts";
import { importDebian, suite } from "./debian-base.ts";
import { addedAuthorities, packageSources, pipConfiguration } from "./host-settings.ts";
import { type ImageName, localImages, officialTags } from "./official-images.ts";
import { copyRecipe, openToAll, put, recipeContents } from "./stand-in-recipe.ts";

/** An image that is built here, by the Dockerfile in stand-ins/<name>. */
interface StandIn {
  /** Name and tag; the tag changes with everything that the image is made from. */
  tag: string;
  hash: string;
  /** Puts what is not committed beside the Dockerfile. */
  complete?: (context: string, report: Report) => Promise<void>;
}

const repository = "slipway-standin";

/**
 * Builds what stands in for an official image, unless this engine has it, and returns its id. It honours the
 * contract of the official one; what it is made of are Debian's packages.
 */
export async function ensureStandIn(name: ImageName, report: Report): Promise<string> {
  const standIn = await recipe(name);
  const present = (await localImages()).ids.get(standIn.tag);
  if (present) return present;
  const base = await ensureBase(report);
  return build(name, standIn, { BASE: base }, report);
}

/** The tag that the stand-in has in this engine once it is built. */
export async function standInTag(name: ImageName): Promise<string> {
  return (await recipe(name)).tag;
}

async function recipe(name: ImageName): Promise<StandIn> {
  const { hash: base } = await baseRecipe();
  const version = officialTags[name].split(":")[1];
  const make = async (settings: string, complete: StandIn["complete"]) => {
    const hash = digest(base, await recipeContents(name), settings);
    return { tag: `${repository}/${name}:${version}-${hash}`, hash, ...(complete && { complete }) };
  };
  switch (name) {
    case "traefik":
      return make(traefik.version, async (context, report) => {
        await copyFile(await ensureProgram(traefik, report), join(context, "traefik"));
      });
    case "python": {
      const configuration = await pipConfiguration();
      return make(configuration, (context) =>
        put(context, { "settings/etc/pip.conf": configuration }),
      );
    }
    default:
      return make("", undefined);
  }
}

/** Debian with this machine's settings, which all others are built on. */
async function baseRecipe(): Promise<StandIn> {
  const authorities = await addedAuthorities();
  const hash = digest(suite, await recipeContents("base"), ...[...authorities.keys()].sort());
  return {
    tag: `${repository}/base:${suite}-${hash}`,
    hash,
    async complete(context) {
      const { sources, configuration } = await packageSources(suite);
      await put(context, {
        ...(sources && {
          "settings/etc/apt/sources.list.d/debian.sources": sources,
          "settings/etc/apt/sources.list": "",
        }),
        "settings/etc/apt/apt.conf.d/host": configuration,
        ...Object.fromEntries(
          [...authorities].map(([name, pem]) => [
            `settings/usr/local/share/ca-certificates/${name}`,
            pem,
          ]),
        ),
      });
    },
  };
}

/** Debian with this machine's settings, by its tag; built unless this engine has it. */
export async function ensureBase(report: Report): Promise<string> {
  const base = await baseRecipe();
  const debian = `${repository}/debian:${suite}`;
  const { ids } = await localImages();
  if (ids.has(base.tag)) return base.tag;
  if (!ids.has(debian)) await importDebian(debian, await packageSources(suite), report);
  await build("base", base, { DEBIAN: debian }, report);
  return base.tag;
}

async function build(
  name: string,
  { tag, hash, complete }: StandIn,
  from: Record<string, string>,
  report: Report,
): Promise<string> {
  await using context = await copyRecipe(name);
  await complete?.(context.directory, report);
  await openToAll(context.directory);
  const build = {
    title: `the image that stands in for ${name}`,
    directory: context.directory,
    arguments: from,
    tag,
    labels: { "slipway.standin": hash },
  };
  // Without `await` the directory would be gone before the build has begun.
  return await buildImage(build, report);
}

function digest(...parts: string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 12);
}
