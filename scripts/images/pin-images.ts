import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { Failure } from "../failure.ts";
import type { Report } from "../progress.ts";
import { type ImageName, officialReference, pullOfficial } from "./official-images.ts";
import type { Images } from "./resolve-images.ts";

export type { Images };

/** What a stack's configuration names; Python is for building only. */
export type ServerImages = Omit<Images, "python">;

/** The digests that the official tags have now. Fails where no registry answers: a deployment takes nothing else. */
export async function newestServerImages(report: Report): Promise<ServerImages> {
  const digest = async (name: ImageName) => {
    const pulled = await pullOfficial(name, 30, report);
    if ("image" in pulled) return pulled.image;
    throw new Failure(
      `${officialReference(name)} cannot be pulled: ${pulled.problem}; try again when the registry answers, or write the digests under slipway:images by hand`,
    );
  };
  return {
    postgres: await digest("postgres"),
    redis: await digest("redis"),
    traefik: await digest("traefik"),
    helper: await digest("helper"),
  };
}

/** Writes `slipway:images` of a stack's configuration file; comments and all else in it stay. Returns what changed. */
export function writeImages(configFile: string, images: ServerImages): (keyof ServerImages)[] {
  const document = parseDocument(readFileSync(configFile, "utf8"));
  if (document.errors[0]) {
    throw new Failure(`${configFile} is no YAML: ${document.errors[0].message.split("\n")[0]}`);
  }
  const path = (name: string) => ["config", "slipway:images", name];
  const changed = (Object.keys(images) as (keyof ServerImages)[]).filter(
    (name) => document.getIn(path(name)) !== images[name],
  );
  for (const name of changed) document.setIn(path(name), images[name]);
  if (changed.length > 0) {
    writeFileSync(`${configFile}.new`, document.toString({ lineWidth: 0 }));
    renameSync(`${configFile}.new`, configFile);
  }
  return changed;
}
