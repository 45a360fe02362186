import { describe, expect, test } from "vitest";
import { program } from "../../scripts/audit/checks/program.ts";
import { state } from "../../scripts/audit/checks/state.ts";
import { deployedOf, labelOf } from "../../scripts/audit/deployed.ts";
import { type EngineEvent, engineSteps } from "../../scripts/audit/engine-steps.ts";
import { opened } from "../../scripts/deployment.ts";
import { evidence } from "./audit-evidence.ts";

const urn = (name: string, type = "docker:index/container:Container") =>
  `urn:pulumi:staging::slipway::${type}::${name}`;
type Metadata = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];
const metadata = (name: string, op: string, more: Partial<Metadata> = {}): Metadata => ({
  ...{ urn: urn(name), op, old: { custom: true }, new: { custom: true } },
  ...more,
});
const begun = (...words: Parameters<typeof metadata>) => ({
  resourcePreEvent: { metadata: metadata(...words) },
});
const ended = (...words: Parameters<typeof metadata>) => ({
  resOutputsEvent: { metadata: metadata(...words) },
});
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const told = (events: EngineEvent[]) =>
  program
    .find(evidence({}, { steps: engineSteps(events) }))
    .map(({ what, expected, found }) => [what, expected, found]);

describe("what the engine tells", () => {
  test("nothing differs", () => {
    const events = [
      begun("a", "refresh"),
      ended("a", "refresh"),
      begun("a", "same"),
      ended("a", "same"),
    ];
    expect(told(events)).toEqual([]);
  });

  test("what is gone is told once, and not what follows from it", () => {
    const events = [
      ...[
        begun("a", "refresh"),
        ended("a", "refresh", { new: null }),
        begun("a", "create"),
        ended("a", "create"),
      ],
      begun("switch", "update", {
        diffs: ["stdin"],
        new: { custom: true, inputs: { stdin: unknown } },
      }),
    ];
    expect(told(events)).toEqual([["container a", "there", "gone"]]);
  });

  test("what was changed is told by property, with plain values alone", () => {
    const events = [
      begun("a", "refresh"),
      ended("a", "refresh", {
        diffs: ["labels", "restart"],
        detailedDiff: { "labels[0].value": {}, restart: {} },
        old: { custom: true, outputs: { restart: "unless-stopped", labels: [{ value: "x" }] } },
        new: { custom: true, outputs: { restart: "no", labels: [{ value: "planted" }] } },
      }),
    ];
    expect(told(events)).toEqual([
      ["container a: labels", "as it was deployed", "changed"],
      ["container a: restart", "unless-stopped", "no"],
    ]);
  });

  test("what the program has otherwise is told, and components are not", () => {
    const component = { old: null, new: { custom: false } };
    const events = [
      begun("a", "update", { diffs: ["envs"], new: { custom: true, inputs: { envs: ["A=1"] } } }),
      begun("b", "create", { old: null }),
      ...[
        begun("c", "replace"),
        begun("c", "create-replacement"),
        begun("d", "delete", { new: null }),
      ],
      begun("e", "create", component),
    ];
    expect(told(events)).toEqual([
      ["container a: envs", "as the program has it", "as an earlier deploy made it"],
      ["container b", "declared by the program", "not deployed"],
      ["container c", "as the program has it", "as an earlier deploy made it"],
      ["container d", "not declared by the program", "deployed"],
    ]);
  });
});

test("the state tells what was deployed, and what did not come to its end", () => {
  const container = {
    urn: urn("a"),
    type: "docker:index/container:Container",
    id: "1",
    inputs: {},
  };
  const deployed = deployedOf({
    resources: [
      container,
      { ...container, id: "2", delete: true },
      { ...container, urn: urn("b"), id: "3", initErrors: ["it ended\nat once"] },
      { ...container, urn: urn("c"), id: "4", pendingReplacement: true },
      {
        ...{ urn: urn("networks", "command:local:Command"), type: "command:local:Command" },
        inputs: { stdin: "DOCKER_HOST='x'\nSTACK='it'\\''s'\necho" },
      },
    ],
    pending_operations: [{ type: "creating", resource: { urn: urn("d") } }],
  });
  expect(deployed.containers.map(({ id }) => id)).toEqual(["1", "3", "4"]);
  expect(deployed.scripts.get("networks")).toEqual({ DOCKER_HOST: "x", STACK: "it's" });
  const since = new Date(0);
  const locks = [{ user: "ann", machine: "vm", pid: 7, since }];
  const findings = state.find(evidence({}, { deployed, locks }));
  expect(findings.map(({ what, found }) => [what, found])).toEqual([
    ["container a", "still to be deleted"],
    ["container b", "made, and then failed (it ended)"],
    ["container c", "deleted, and not made anew"],
    ["container d", "not ended (creating)"],
    ["lock", "left by process 7 of ann@vm, dead, from 1970-01-01T00:00:00.000Z"],
  ]);
});

test("a resource is called by its type and name", () => {
  expect(labelOf(urn("x", "slipway:index:Images$docker:index/remoteImage:RemoteImage"))).toBe(
    "remote image x",
  );
});

test("secrets of a state are opened, wherever they are", () => {
  const secret = (plaintext: string) => ({ "4dabf18193072939515e22adb298388d": "1b47", plaintext });
  expect(opened({ a: [secret('"it"'), { b: secret('{"c":1}') }], plaintext: "stays" })).toEqual({
    ...{ a: ["it", { b: { c: 1 } }], plaintext: "stays" },
  });
});
