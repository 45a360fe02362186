import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { ensureToolchain } from "../../../scripts/toolchain/ensure-toolchain.ts";
import { githubPlugin } from "../../../scripts/toolchain/versions.ts";
import {
  membersInSchema,
  membersInTypes,
  type PluginSchema,
  schemaOf,
} from "../../plugins/published-members.ts";

const sdk = fileURLToPath(new URL("../../../node_modules/@pulumi/github/", import.meta.url));
let schema: PluginSchema;

beforeAll(async () => {
  const toolchain = await ensureToolchain({ detail: () => {}, note: () => {} }, [githubPlugin]);
  schema = await schemaOf(toolchain, "github");
});

test("the plugin is of the npm package's version", () => {
  expect(schema.version).toBe(githubPlugin.version);
});

const resources = [
  "RepositoryRuleset",
  "RepositoryEnvironment",
  "RepositoryEnvironmentDeploymentPolicy",
  "ActionsEnvironmentSecret",
  "ActionsEnvironmentVariable",
  "ActionsSecret",
  "ActionsVariable",
];
const lower = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

test.each([...resources, "Provider"])("%s: the inputs are those of the npm package", (name) => {
  const token = `github:index/${lower(name)}:${name}`;
  const resource = name === "Provider" ? schema.provider : schema.resources[token];
  const published = membersInTypes(`${sdk}${lower(name)}.d.ts`, `${name}Args`);
  expect(Object.keys(published).length).toBeGreaterThan(1);
  expect(membersInSchema(resource?.inputProperties, resource?.requiredInputs)).toEqual(published);
});

test.each(resources)("%s: the outputs are those of the npm package", (name) => {
  const resource = schema.resources[`github:index/${lower(name)}:${name}`];
  const published = membersInTypes(`${sdk}${lower(name)}.d.ts`, `${name}State`);
  expect(Object.keys(resource?.properties ?? {})).toEqual(
    expect.arrayContaining(Object.keys(published)),
  );
});

test.each(["getRepository", "getUser", "getTeam"])("%s: as in the npm package", (name) => {
  const { inputs, outputs } = schema.functions[`github:index/${name}:${name}`] ?? {};
  const type = name.charAt(0).toUpperCase() + name.slice(1);
  const file = `${sdk}${name}.d.ts`;
  expect(membersInSchema(inputs?.properties, inputs?.required)).toEqual(
    membersInTypes(file, `${type}Args`),
  );
  expect(membersInSchema(outputs?.properties, outputs?.required)).toEqual(
    membersInTypes(file, `${type}Result`),
  );
});

test("the objects inside the inputs are those of the npm package", () => {
  const used = Object.keys(schema.types).filter((token) =>
    /:(RepositoryRuleset|RepositoryEnvironment|Provider)[A-Z]\w*$/.test(token),
  );
  expect(used.length).toBeGreaterThan(20);
  for (const token of used) {
    const name = token.split(":").at(-1) as string;
    const published = membersInTypes(`${sdk}types/input.d.ts`, name);
    if (Object.keys(published).length === 0) continue; // Only an output has it.
    const { properties, required } = schema.types[token] ?? {};
    expect({ [name]: membersInSchema(properties, required) }).toEqual({ [name]: published });
  }
});
