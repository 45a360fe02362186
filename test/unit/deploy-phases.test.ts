import { expect, test } from "vitest";
import { entries } from "../../scripts/performance/deploys/journal.ts";
import { type Phases, phasesOf } from "../../scripts/performance/deploys/phases.ts";
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
  step(2.5, "begin", "update", command, "switch"),
  step(6, "end", "delete", container, "api-1"),
];
const up = { seconds: 6.2, started: 1_000_000, steps };
const seen = { container: 1_002_300, traffic: 1_005_000 };
const line = (seconds: number, event: string) =>
  JSON.stringify({
    time: new Date(1_000_000 + seconds * 1000).toISOString(),
    ...{ deploy: "5f4dcc3b", event, release: "3f2a91c0" },
  });
const journal = entries(
  [
    ...[line(1.2, "begun"), line(4.9, "proved"), line(5.1, "switched"), line(5.2, "handed-over")],
    ...[line(5.3, "live"), line(5.4, "drained"), line(5.8, "retired"), ""],
  ].join("\n"),
);
const rounded = (phases: Phases) =>
  Object.entries(phases).map(([name, seconds]) => `${name} ${seconds.toFixed(1)}`);

test("phases follow one another and are all of a deploy", () => {
  const phases = phasesOf(up, journal, seen);
  expect(rounded(phases)).toEqual([
    ...["CLI and program 1.4", "files and containers 0.9", "start and proof 2.6"],
    ...["switch of the traffic 0.1", "smoke test 0.1", "queues and beat 0.2"],
    ...["drain and stop 0.5", "removal and end 0.4"],
  ]);
  const sum = Object.values(phases).reduce((all, each) => all + each, 0);
  expect(sum).toBeCloseTo(6.2);
});

test("a container that waits for a migration does not start meanwhile", () => {
  const migration = step(2.9, "end", "update", command, "migration");
  const phases = phasesOf({ ...up, steps: [...steps, migration] }, journal, seen);
  expect(rounded(phases).slice(1, 4)).toEqual([
    ...["files and containers 0.9", "migration 0.6", "start and proof 2.0"],
  ]);
});

test("a deploy that changed nothing, or that the journal does not know, has none", () => {
  expect(() => phasesOf({ ...up, steps: [] }, journal, seen)).toThrow("has no phases");
  expect(() => phasesOf(up, journal.slice(0, 1), seen)).toThrow("no event 'proved'");
});
