import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { readSettings } from "../../infra/settings.ts";
import { configure, erp } from "./configuration.ts";

async function read(stack: string) {
  const mocks = { newResource: () => ({ id: "", state: {} }), call: () => ({}) };
  await pulumi.runtime.setMocks(mocks, "slipway", stack);
  configure(erp());
  return readSettings();
}

test.each(["production", "pr-12", "a".repeat(31)])("a stack may be called %s", async (stack) => {
  expect((await read(stack)).stack).toBe(stack);
});

test.each([
  "Production",
  "my_stack",
  "v1.2",
  "..",
  "1st",
  "a".repeat(32),
  "edges",
  "tls",
  "production-maintenance",
])("a stack called %s is refused: files and servers are called after it", async (stack) => {
  await expect(read(stack)).rejects.toThrow(
    new RegExp(
      `^The stack's name '${stack}' cannot .*\n.*\n    type     npm run pulumi -- --stack ${stack} stack rename production$`,
    ),
  );
});
