import { readdirSync, readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { stackShape } from "../../infra/schema/stack.ts";
import { readSettings } from "../../infra/settings.ts";
import { configure, fileOf } from "./configuration.ts";

const root = new URL("../../", import.meta.url);
const project = parse(readFileSync(new URL("Pulumi.yaml", root), "utf8"));
const environments = readdirSync(root).filter((file) =>
  /^Pulumi\.(staging|production)\.yaml$/.test(file),
);

await pulumi.runtime.setMocks(
  { newResource: () => ({ id: "", state: {} }), call: () => ({}) },
  project.name,
  "production",
);

test("Pulumi.yaml declares every key that the program reads, and no other", () => {
  const keys = Object.keys(project.config).map((key) => key.replace("slipway:", ""));
  const read = [...Object.keys(stackShape.shape), "repository"];
  expect(keys.sort()).toEqual(read.sort());
  for (const entry of Object.values<{ type: string; description: string }>(project.config)) {
    expect(entry.description.length).toBeGreaterThan(10);
  }
});

test.each(environments)("%s is complete once images and secrets are filled in", (file) => {
  const { tls: _, ...configuration } = fileOf(file);
  configure(configuration);
  const { services, edge, app } = readSettings();
  expect(services.api?.hosts).toHaveLength(1);
  expect(edge.certificates).toBe("acme");
  expect(app.celery).toBe("erp.worker");
});

test("staging and production are there, and differ where they meet: on the host's edge", () => {
  expect(environments).toEqual(["Pulumi.production.yaml", "Pulumi.staging.yaml"]);
  const [production, staging] = environments.map((file) => fileOf(file).edge as { mode: string });
  expect(production?.mode).toBe("own");
  expect(staging?.mode).toBe("shared");
});

test.each(environments)("%s holds no secret in plain text", (file) => {
  const text = readFileSync(new URL(file, root), "utf8");
  const { config } = parse(text);
  expect(config).not.toHaveProperty("slipway:releaseKey");
  expect(config).not.toHaveProperty("slipway:tls");
  for (const value of Object.values<unknown>(config["slipway:secrets"])) {
    if (typeof value === "string") expect(value).toMatch(/^\{[a-z]+\.[A-Za-z]+\}$/);
    else expect(Object.keys(value as object)).toEqual(["secure"]);
  }
});
