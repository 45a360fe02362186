import { expect, test } from "vitest";
import { runProgram } from "./program.ts";
import { record } from "./record.ts";

const recorder = await record();
const login = { username: "ci", password: "of the registry" };

test.each([
  ["registry.example.com:5000", ["registry.example.com:5000"]],
  // The plugin looks under the first name for docker.io/acme/erp, and under the second for acme/erp.
  ["docker.io", ["docker.io", "registry-1.docker.io"]],
])("the credentials for %s go to the plugin as it asks for them", async (registry, addresses) => {
  recorder.clear();
  await runProgram(recorder, { registries: { [registry]: login } });
  const provider = recorder.all.find(({ type }) => type === "pulumi:providers:docker");
  const given = JSON.parse(provider?.inputs.registryAuth);
  expect(given).toEqual(addresses.map((address) => ({ address, ...login })));
});
