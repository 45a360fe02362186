import { expect, test } from "vitest";
import { attachment, hardened, healthcheck } from "../../components/container.ts";

const identity = { stack: "staging", role: "service", name: "api" } as const;

test("a container has no privilege, and no swap beside its memory", () => {
  expect(hardened(identity, { memoryMegabytes: 256 })).toMatchObject({
    capabilities: { drops: ["ALL"] },
    securityOpts: ["no-new-privileges:true"],
    readOnly: true,
    memory: 256,
    memorySwap: 256,
  });
});

test("processors are limited only where a limit is given", () => {
  expect(hardened(identity, { memoryMegabytes: 256 })).not.toHaveProperty("cpus");
  expect(hardened(identity, { memoryMegabytes: 256, cpus: 0.5 })).toHaveProperty("cpus", "0.5");
});

test("scripts find a container by its labels, of which only a release's containers have the release", () => {
  const labelsOf = (release?: string) =>
    hardened({ ...identity, ...(release ? { release } : {}) }, { memoryMegabytes: 64 }).labels;
  const common = [
    { label: "slipway.stack", value: "staging" },
    { label: "slipway.role", value: "service" },
    { label: "slipway.name", value: "api" },
  ];
  expect(labelsOf()).toEqual(common);
  expect(labelsOf("0123abcd")).toEqual([
    ...common,
    { label: "slipway.release", value: "0123abcd" },
  ]);
});

test("durations are written as the engine gives them back, or every preview would show a change", () => {
  expect(healthcheck(["CMD", "true"], "5s")).toEqual({
    ...{ tests: ["CMD", "true"], interval: "5s", timeout: "10s", startPeriod: "1m0s", retries: 3 },
  });
});

test("a network is joined under the names that are given", () => {
  expect(attachment("data", "postgres", "db")).toEqual({
    name: "data",
    aliases: ["postgres", "db"],
  });
});
