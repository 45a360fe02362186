import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import ts from "typescript";
import { beforeAll, expect, test } from "vitest";
import { ensureToolchain } from "../../scripts/toolchain/ensure-toolchain.ts";
import { dockerPlugin } from "../../scripts/toolchain/versions.ts";

interface Property {
  type?: string;
  $ref?: string;
  items?: Property;
  additionalProperties?: Property;
  willReplaceOnChanges?: boolean;
}
interface ObjectType {
  properties?: Record<string, Property>;
  required?: string[];
}
interface Resource extends ObjectType {
  inputProperties?: Record<string, Property>;
  requiredInputs?: string[];
}
interface Schema {
  version: string;
  provider: Resource;
  resources: Record<string, Resource>;
  types: Record<string, ObjectType>;
}

const sdk = fileURLToPath(new URL("../../node_modules/@pulumi/docker/", import.meta.url));
let schema: Schema;

beforeAll(async () => {
  const { path } = await ensureToolchain({ detail: () => {}, note: () => {} });
  const plugin = path.map((each) => join(each, "pulumi-resource-docker")).find(existsSync);
  const { stdout } = await execa("pulumi", ["package", "get-schema", String(plugin)], {
    env: { PATH: [...path, process.env.PATH].join(":"), PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  schema = JSON.parse(stdout) as Schema;
});

test("the plugin is of the npm package's version", () => {
  expect(schema.version).toBe(dockerPlugin.version);
});

test.each([
  ["provider.d.ts", "ProviderArgs", "pulumi:providers:docker"],
  ["container.d.ts", "ContainerArgs", "docker:index/container:Container"],
  ["remoteImage.d.ts", "RemoteImageArgs", "docker:index/remoteImage:RemoteImage"],
  ["network.d.ts", "NetworkArgs", "docker:index/network:Network"],
  ["volume.d.ts", "VolumeArgs", "docker:index/volume:Volume"],
])("%s: the inputs are those of the npm package", (file, name, token) => {
  const resource = token === "pulumi:providers:docker" ? schema.provider : schema.resources[token];
  expect(membersInSchema(resource?.inputProperties, resource?.requiredInputs)).toEqual(
    membersInTypes(file, name),
  );
});

test("the objects inside the inputs are those of the npm package", () => {
  const used = Object.keys(schema.types).filter((token) =>
    /:(Container|RemoteImage|Network|Volume|Provider)[A-Z]\w*$/.test(token),
  );
  expect(used.length).toBeGreaterThan(20);
  for (const token of used) {
    const name = token.split(":").at(-1) as string;
    const expected = membersInTypes("types/input.d.ts", name);
    if (Object.keys(expected).length === 0) continue; // Only an output has it.
    expect({
      [name]: membersInSchema(schema.types[token]?.properties, schema.types[token]?.required),
    }).toEqual({ [name]: expected });
  }
});

test("a container is replaced, or changed in place, as the releases rely on it", () => {
  const inputs = schema.resources["docker:index/container:Container"]?.inputProperties ?? {};
  const replacing = (names: string[]) => names.filter((name) => inputs[name]?.willReplaceOnChanges);
  const replaced = [
    "image",
    "command",
    "entrypoints",
    "envs",
    "healthcheck",
    "labels",
    "mounts",
    "name",
    "networkMode",
    "networksAdvanced",
    "ports",
    "readOnly",
    "securityOpts",
    "uploads",
    "user",
    "volumes",
  ];
  const inPlace = [
    "destroyGraceSeconds",
    "memory",
    "memorySwap",
    "mustRun",
    "restart",
    "start",
    "wait",
  ];
  expect(replacing(replaced)).toEqual(replaced);
  expect(replacing(inPlace)).toEqual([]);
});

/** Each property with its type, `?` before it when it may be left out. */
function membersInSchema(properties: Record<string, Property> = {}, required: string[] = []) {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [
      name,
      (required.includes(name) ? "" : "?") + typeInSchema(property),
    ]),
  );
}

function typeInSchema(property: Property): string {
  if (property.$ref) return property.$ref.split(":").at(-1) as string;
  if (property.type === "array") return `${typeInSchema(property.items ?? {})}[]`;
  if (property.type === "object")
    return `{${typeInSchema(property.additionalProperties ?? { type: "string" })}}`;
  return property.type === "integer" ? "number" : String(property.type);
}

/** The same out of the npm package's declarations; empty where there is no such interface. */
function membersInTypes(file: string, name: string): Record<string, string> {
  const source = ts.createSourceFile(
    file,
    readFileSync(sdk + file, "utf8"),
    ts.ScriptTarget.Latest,
    true,
  );
  const found = source.statements.find(
    (node) => ts.isInterfaceDeclaration(node) && node.name.text === name,
  );
  if (!found || !ts.isInterfaceDeclaration(found)) return {};
  return Object.fromEntries(
    found.members
      .filter(ts.isPropertySignature)
      .map((member) => [
        member.name.getText(),
        (member.questionToken ? "?" : "") + typeInTypes(member.type as ts.TypeNode),
      ]),
  );
}

function typeInTypes(node: ts.TypeNode): string {
  if (ts.isUnionTypeNode(node))
    return node.types
      .filter((each) => each.kind !== ts.SyntaxKind.UndefinedKeyword)
      .map(typeInTypes)
      .join("|");
  if (ts.isArrayTypeNode(node)) return `${typeInTypes(node.elementType)}[]`;
  if (ts.isTypeLiteralNode(node)) {
    const [index] = node.members;
    return `{${index && ts.isIndexSignatureDeclaration(index) ? typeInTypes(index.type) : ""}}`;
  }
  if (!ts.isTypeReferenceNode(node)) return node.getText();
  const name = node.typeName.getText();
  return name === "pulumi.Input"
    ? typeInTypes(node.typeArguments?.[0] as ts.TypeNode)
    : (name.split(".").at(-1) as string);
}
