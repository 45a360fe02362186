import { basename } from "node:path";
import { execa } from "execa";
import type { Report } from "../progress.ts";
import { buildImage } from "./build-image.ts";

/**
 * Builds the Dockerfile of a directory on the given Python and returns the image's id, `sha256:<64 hex digits>`. The
 * engine's cache makes it quick when nothing changed.
 */
export async function buildApp(
  directory: string,
  pythonImage: string,
  report: Report,
): Promise<string> {
  const name = basename(directory)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
  const build = {
    title: `the image of ${basename(directory)}`,
    directory,
    arguments: { PYTHON_IMAGE: await nameOf(pythonImage) },
  };
  const id = await buildImage(build, report);
  // An image without a name is what `docker image prune` removes, and a rollback may want it.
  await execa("docker", [
    "image",
    "tag",
    id,
    `slipway-app/${name}:${id.slice("sha256:".length, 19)}`,
  ]);
  return id;
}

/** BuildKit takes `FROM sha256:...` for the name of a repository, so an id has to be given by its tag. */
export async function nameOf(image: string): Promise<string> {
  if (!image.startsWith("sha256:")) return image;
  const tag = "{{index .RepoTags 0}}";
  return (await execa("docker", ["image", "inspect", "--format", tag, image])).stdout;
}
