import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";

function recipe(name: string): string {
  return join(import.meta.dirname, "stand-ins", name);
}

/** All that is committed for a stand-in, as one text. */
export async function recipeContents(name: string): Promise<string> {
  const entries = await readdir(recipe(name), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const read = async (file: string) =>
    `${file.slice(recipe(name).length)}\0${await readFile(file, "utf8")}\0`;
  return (await Promise.all(files.map(read))).join("");
}

/** A copy to build from, which what is not committed can be added to. It goes with the scope of `await using`. */
export async function copyRecipe(name: string): Promise<AsyncDisposable & { directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), "slipway-image-"));
  await cp(recipe(name), directory, { recursive: true });
  return {
    directory,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

/** Writes files below a directory, by their paths there. */
export async function put(directory: string, files: Record<string, string>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
}

/** Modes go into the image, and those of a checkout follow its owner's umask; other users run in the container. */
export async function openToAll(directory: string): Promise<void> {
  await execa("chmod", ["--recursive", "u=rwX,go=rX", directory]);
}
