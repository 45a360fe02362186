import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type {
  ObjectSpec,
  PackageSpec,
  PropertySpec,
} from "../../scripts/toolchain/plugins/provider/package-spec.ts";
import { ProviderClient } from "../plugins/provider-client.ts";

const require = createRequire(import.meta.url);
const clients: ProviderClient[] = [];
const schemas: Record<string, PackageSpec> = {};

beforeAll(async () => {
  for (const name of ["command", "random"]) {
    const client = await ProviderClient.start(`pulumi-resource-${name}`);
    clients.push(client);
    schemas[name] = await client.schema();
  }
});
afterAll(() => Promise.all(clients.map((client) => client.plugin.stop())));

describe.each([
  ["command", "local/command", "command:local:Command"],
  ["command", "remote/command", "command:remote:Command"],
  ["random", "randomBytes", "random:index/randomBytes:RandomBytes"],
  ["random", "randomId", "random:index/randomId:RandomId"],
  ["random", "randomPassword", "random:index/randomPassword:RandomPassword"],
  ["random", "randomString", "random:index/randomString:RandomString"],
])("@pulumi/%s %s", (name, file, token) => {
  const className = token.split(":").at(-1) ?? "";

  test("the inputs are those of the npm package, with those that are required", () => {
    const ours = schemas[name]?.resources[token];
    expect(members(ours?.inputProperties, ours?.requiredInputs)).toEqual(
      declaredMembers(packageFile(name, `${file}.d.ts`), `${className}Args`),
    );
  });

  test("the outputs are those of the npm package, with those that are always there", () => {
    const ours = schemas[name]?.resources[token];
    expect(members(ours?.properties, ours?.required)).toEqual(
      declaredMembers(packageFile(name, `${file}.d.ts`), className),
    );
  });

  test("the same outputs are secret, and the same inputs replace", () => {
    const ours = schemas[name]?.resources[token];
    const code = readFileSync(packageFile(name, `${file}.js`), "utf8");
    expect(namesWith(ours?.properties, "secret")).toEqual(listIn(code, "additionalSecretOutputs"));
    expect(namesWith(ours?.inputProperties, "replaceOnChanges")).toEqual(
      listIn(code, "replaceOnChanges").map((path) => path.replace("[*]", "")),
    );
    const secretInputs = [...code.matchAll(/resourceInputs\["(\w+)"\] = [^;]*pulumi\.secret\(/g)];
    expect(namesWith(ours?.inputProperties, "secret")).toEqual(
      secretInputs.map((match) => String(match[1])).sort(),
    );
  });
});

test("each plugin is of the npm package's version", () => {
  for (const [name, schema] of Object.entries(schemas)) {
    expect(schema.version).toBe(require(`@pulumi/${name}/package.json`).version);
  }
});

test("a connection has the members of the npm package, and its defaults", () => {
  for (const name of ["Connection", "ProxyConnection"]) {
    const ours = schemas.command?.types?.[`command:remote:${name}`] as ObjectSpec;
    expect(members(ours.properties, ours.required)).toEqual(
      declaredMembers(packageFile("command", "types/input.d.ts"), `${name}Args`),
    );
    const code = readFileSync(packageFile("command", "types/input.js"), "utf8");
    const body = new RegExp(`function ${name[0]?.toLowerCase()}${name.slice(1)}Args[^]*?};`).exec(
      code,
    );
    const defaults = [...String(body?.[0]).matchAll(/(\w+): \(val\.\w+\) \?\? (.+),/g)];
    expect(
      Object.fromEntries(
        Object.entries(ours.properties)
          .filter(([, property]) => property.default !== undefined)
          .map(([property, { default: value }]) => [property, value]),
      ),
    ).toEqual(
      Object.fromEntries(defaults.map(([, key, value]) => [key, JSON.parse(String(value))])),
    );
  }
});

test("local:run has the members of the npm package", () => {
  const ours = schemas.command?.functions?.["command:local:run"];
  const types = packageFile("command", "local/run.d.ts");
  expect(members(ours?.inputs.properties, ours?.inputs.required)).toEqual(
    declaredMembers(types, "RunArgs"),
  );
  expect(members(ours?.outputs.properties, ours?.outputs.required)).toEqual(
    declaredMembers(types, "RunResult"),
  );
});

function packageFile(name: string, file: string): string {
  return join(dirname(require.resolve(`@pulumi/${name}/package.json`)), file);
}

/** `name` for a required member and `name?` for another, in order. */
function members(properties: Record<string, PropertySpec> = {}, required: string[] = []): string[] {
  return Object.keys(properties)
    .map((name) => (required.includes(name) ? name : `${name}?`))
    .sort();
}

/** The same of an interface, or of a class whose members are Outputs. */
function declaredMembers(file: string, name: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const declares = ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node);
    if (!declares || node.name?.text !== name) {
      ts.forEachChild(node, visit);
      return;
    }
    for (const member of node.members) {
      if (!ts.isPropertySignature(member) && !ts.isPropertyDeclaration(member)) continue;
      const type = member.type?.getText(source) ?? "";
      if (ts.isClassDeclaration(node) && !type.startsWith("pulumi.Output<")) continue;
      const optional =
        member.questionToken || (ts.isClassDeclaration(node) && type.endsWith("| undefined>"));
      found.push(member.name.getText(source) + (optional ? "?" : ""));
    }
  };
  visit(source);
  expect(found, `${name} in ${file}`).not.toEqual([]);
  return found.sort();
}

function namesWith(
  properties: Record<string, PropertySpec> = {},
  flag: "secret" | "replaceOnChanges",
): string[] {
  const flagged = Object.entries(properties).filter(([, property]) => property[flag]);
  return flagged.map(([name]) => name).sort();
}

/** The strings of `{ name: ["...", ...] }` in generated code. */
function listIn(code: string, name: string): string[] {
  const list = new RegExp(`{ ${name}: (\\[.*\\]) }`).exec(code)?.[1] ?? "[]";
  return (JSON.parse(list) as string[]).sort();
}
