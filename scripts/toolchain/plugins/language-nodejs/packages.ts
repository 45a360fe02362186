import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** A package and its exact version. */
export interface Package {
  name: string;
  version: string;
}

interface Manifest {
  name?: string;
  version?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  pulumi?: { resource?: boolean; name?: string; version?: string };
}

/**
 * The provider plugins that a program may need: those of the packages that its own directory declares and
 * installs. A program that lies below its package is not looked at: the engine then gets plugins when a resource
 * asks for one, and none that no resource uses.
 */
export async function requiredPackages(programDirectory: string): Promise<Package[]> {
  const manifests = await dependencyManifests(programDirectory);
  return manifests
    .filter(({ pulumi }) => pulumi?.resource)
    .map(({ name = "", version = "", pulumi }) => ({
      name: pulumi?.name ?? name.replace("@pulumi/", ""),
      version: `v${(pulumi?.version ?? version).replace(/^v/, "")}`,
    }));
}

/** The npm packages that a program uses, as they are installed. */
export async function installedPackages(
  programDirectory: string,
  transitive: boolean,
): Promise<Package[]> {
  if (!transitive) {
    const manifests = await dependencyManifests(programDirectory);
    return manifests.map(({ name = "", version = "" }) => ({ name, version }));
  }
  const lock = (await readJson(join(programDirectory, "node_modules", ".package-lock.json"))) as {
    packages?: Record<string, { version?: string }>;
  };
  return Object.entries(lock.packages ?? {}).map(([path, { version = "" }]) => ({
    name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
    version,
  }));
}

async function dependencyManifests(directory: string): Promise<Manifest[]> {
  const manifest = await readJson(join(directory, "package.json"));
  const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  const manifests = await Promise.all(
    names.map((name) => readJson(join(directory, "node_modules", name, "package.json"))),
  );
  return manifests.filter(({ name }) => name !== undefined);
}

/** An empty object when there is no such file. */
async function readJson(path: string): Promise<Manifest> {
  const text = await readFile(path, "utf8").catch(() => "{}");
  return JSON.parse(text) as Manifest;
}
