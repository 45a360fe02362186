import { expect, test } from "vitest";
import { phasesOf } from "../../scripts/performance/deploys/phases.ts";
import { readStep, type Step } from "../../scripts/performance/deploys/timed-up.ts";

const event = (kind: string, op: string, type: string, name: string) =>
  JSON.stringify({
    sequence: 1,
    timestamp: 1795289089,
    [kind]: { metadata: { op, type, urn: `urn:pulumi:local::slipway::${type}::${name}` } },
  });
const container = "docker:index/container:Container";
const command = "command:local:Command";

test("the engine's events are steps, but for what stays as it is", () => {
  expect(readStep(event("resourcePreEvent", "create", container, "api-1"), 2.5)).toEqual({
    ...{ at: 2.5, what: "begin", operation: "create", type: container, name: "api-1" },
  });
  expect(readStep(event("resOutputsEvent", "update", command, "switch"), 3)).toMatchObject({
    ...{ what: "end", operation: "update", name: "switch" },
  });
  expect(readStep(event("resourcePreEvent", "same", command, "networks"), 1)).toBeUndefined();
  expect(readStep('{"sequence":1,"diagnosticEvent":{"message":"x"}}', 1)).toBeUndefined();
  expect(readStep("Updating (local):", 1)).toBeUndefined();
});

const step = (at: number, what: Step["what"], operation: string, type: string, name: string) => ({
  ...{ at, what, operation, type, name },
});

const steps = [
  step(1.4, "begin", "update", command, "images-copied"),
  step(1.5, "end", "update", command, "images-copied"),
  step(1.9, "begin", "create", container, "api-2"),
  step(2.4, "end", "create", container, "api-2"),
  step(2.5, "begin", "update", command, "switch"),
  step(5.4, "end", "update", command, "switch"),
  step(5.5, "begin", "delete", container, "api-1"),
  step(6, "end", "delete", container, "api-1"),
];

test("phases follow one another and are all of a deploy", () => {
  const phases = phasesOf({ seconds: 6.2, started: 1000_000, steps }, 1005_300);
  expect(Object.entries(phases).map(([name, seconds]) => [name, seconds.toFixed(1)])).toEqual([
    ["CLI and program", "1.4"],
    ["images and files", "0.5"],
    ["containers and migration", "0.6"],
    ["proof and switch", "2.8"],
    ["smoke and hand-over", "0.1"],
    ["old release retired", "0.6"],
    ["CLI ends", "0.2"],
  ]);
  const sum = Object.values(phases).reduce((all, each) => all + each, 0);
  expect(sum).toBeCloseTo(6.2);
});

test("a deploy that made nothing has none", () => {
  expect(() => phasesOf({ seconds: 2, started: 0, steps: [] }, 0)).toThrow("has no phases");
});
