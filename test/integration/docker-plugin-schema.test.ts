import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { ensureToolchain } from "../../scripts/toolchain/ensure-toolchain.ts";
import { dockerPlugin } from "../../scripts/toolchain/versions.ts";
import {
  membersInSchema,
  membersInTypes,
  type PluginSchema,
  schemaOf,
} from "../plugins/published-members.ts";

const sdk = fileURLToPath(new URL("../../node_modules/@pulumi/docker/", import.meta.url));
let schema: PluginSchema;

beforeAll(async () => {
  const toolchain = await ensureToolchain({ detail: () => {}, note: () => {} });
  schema = await schemaOf(toolchain, "docker");
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
    membersInTypes(sdk + file, name),
  );
});

test("the objects inside the inputs are those of the npm package", () => {
  const used = Object.keys(schema.types).filter((token) =>
    /:(Container|RemoteImage|Network|Volume|Provider)[A-Z]\w*$/.test(token),
  );
  expect(used.length).toBeGreaterThan(20);
  for (const token of used) {
    const name = token.split(":").at(-1) as string;
    const expected = membersInTypes(`${sdk}types/input.d.ts`, name);
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
