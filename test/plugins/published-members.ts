import { readFileSync } from "node:fs";
import { execa } from "execa";
import ts from "typescript";
import type { Toolchain } from "../../scripts/toolchain/ensure-toolchain.ts";

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

/** What a plugin says of itself. */
export interface PluginSchema {
  version: string;
  provider: Resource;
  resources: Record<string, Resource>;
  functions: Record<string, { inputs?: ObjectType; outputs?: ObjectType }>;
  types: Record<string, ObjectType>;
}

/** Asks a plugin of the toolchain for its schema. */
export async function schemaOf(toolchain: Toolchain, name: string): Promise<PluginSchema> {
  const plugin = toolchain.parts.find((part) => part.name === name)?.executable;
  const { stdout } = await execa("pulumi", ["package", "get-schema", String(plugin)], {
    env: {
      PATH: [...toolchain.path, process.env.PATH].join(":"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
    },
  });
  return JSON.parse(stdout) as PluginSchema;
}

/** Each property with its type, `?` before it when it may be left out. */
export function membersInSchema(
  properties: Record<string, Property> = {},
  required: string[] = [],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [
      name,
      (required.includes(name) ? "" : "?") + typeInSchema(property),
    ]),
  );
}

function typeInSchema(property: Property): string {
  if (property.$ref) {
    const name = property.$ref.split(":").at(-1) as string;
    // The npm package writes types of functions large too.
    return name.charAt(0).toUpperCase() + name.slice(1);
  }
  if (property.type === "array") return `${typeInSchema(property.items ?? {})}[]`;
  if (property.type === "object")
    return `{${typeInSchema(property.additionalProperties ?? { type: "string" })}}`;
  return property.type === "integer" ? "number" : String(property.type);
}

/** The same out of a declaration file of the npm package; empty where there is no such interface. */
export function membersInTypes(file: string, name: string): Record<string, string> {
  const source = ts.createSourceFile(
    file,
    readFileSync(file, "utf8"),
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
