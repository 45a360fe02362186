import { copyFile, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { cacheRoot, fillOnce } from "../../../scripts/toolchain/part-cache.ts";
import manifest from "./package.json" with { type: "json" };

/** A schema of OpenAPI 3.0. */
export interface Schema {
  $ref?: string;
  type?: string;
  nullable?: boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  [keyword: string]: unknown;
}

type Content = Record<string, { schema?: Schema }>;

export interface Parameter {
  $ref?: string;
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  schema: Schema;
}

export interface Operation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { $ref?: string; required?: boolean; content: Content };
  responses: Record<string, { $ref?: string; content?: Content }>;
}

/** GitHub's own description of its REST interface. */
export interface Specification {
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, unknown>>;
}

const directory = join(cacheRoot(), `octokit-openapi-${manifest.dependencies["@octokit/openapi"]}`);
const file = "api.github.com.json";

/** Reads the description, which `setup` brought. */
export async function readSpecification(): Promise<Specification> {
  return JSON.parse(await readFile(join(directory, file), "utf8")) as Specification;
}

/** Before any test runs: where this machine lacks the description, npm brings it once. */
export async function setup(): Promise<void> {
  const report = { detail: () => {}, note: () => {} };
  await fillOnce(directory, report, async (temporary) => {
    console.info("Bringing GitHub's description of its interface, by npm ...");
    for (const each of ["package.json", "package-lock.json"])
      await copyFile(join(import.meta.dirname, each), join(temporary, each));
    await execa("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: temporary });
    const modules = join(temporary, "node_modules");
    await rename(join(modules, "@octokit/openapi/generated", file), join(temporary, file));
    await rm(modules, { recursive: true });
  });
}
