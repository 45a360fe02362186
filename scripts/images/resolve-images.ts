import type { Report } from "../progress.ts";
import {
  type ImageName,
  localImages,
  officialReference,
  officialTags,
  pullOfficial,
} from "./official-images.ts";
import { ensureStandIn, standInTag } from "./stand-ins.ts";

/** Each `name@sha256:<64 hex digits>`, an official image, or `sha256:<64 hex digits>`, one that this engine has. */
export type Images = Record<ImageName, string>;

/** Where images can be built instead, nobody should wait long for a registry that is not there. */
const patienceSeconds = 3;

export interface ResolveOptions {
  /** Asks the registry even for what this engine has, which may bring newer images. Defaults to false. */
  refresh?: boolean;
}

/**
 * The images that a stack runs beside the application, and Python for building that: the official ones, or ones that
 * are built from Debian's packages where no registry answers. What the engine has stands until `refresh`.
 */
export async function resolveImages(report: Report, options: ResolveOptions = {}): Promise<Images> {
  const local = await localImages();
  let isReachable = true;
  const resolve = async (name: ImageName): Promise<string> => {
    const present = local.official.get(name) ?? local.ids.get(await standInTag(name));
    if (present && !options.refresh) return present;
    if (isReachable) {
      const pulled = await pullOfficial(name, patienceSeconds, report);
      if ("image" in pulled) return pulled.image;
      isReachable = false;
      report.note(
        `${officialReference(name)} cannot be pulled (${pulled.problem}); using images built from Debian's packages`,
      );
    }
    return local.official.get(name) ?? ensureStandIn(name, report);
  };
  const names = Object.keys(officialTags) as ImageName[];
  const images: Partial<Images> = {};
  for (const name of names) images[name] = await resolve(name);
  return images as Images;
}
