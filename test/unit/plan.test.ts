import { expect, test } from "vitest";
import { describePlan } from "../../scripts/plan/describe-plan.ts";
import { planOf } from "../../scripts/plan/plan.ts";
import type { PreviewStep } from "../../scripts/plan/preview-steps.ts";
import { requireApproved } from "../../scripts/plan/require-approved.ts";

const container = "docker:index/container:Container";
const command = "command:local:Command";
const image = (digit: string) => `ghcr.io/acme/shop@sha256:${digit.repeat(64)}`;

function step(
  op: string,
  type: string,
  name: string,
  inputs: object = {},
  old?: object,
): PreviewStep {
  const urn = `urn:pulumi:production::slipway::${type}::${name}`;
  const now = op === "delete" ? undefined : { type, inputs: { ...inputs } };
  const before = op === "delete" ? inputs : old;
  return {
    ...{ op, urn },
    ...(now ? { newState: now } : {}),
    ...(before ? { oldState: { type, inputs: { ...before } } } : {}),
  };
}

/** A release that comes, and one that goes. */
function releases(from: object, to: object, { before = "aaaaaaaa", after = "bbbbbbbb" } = {}) {
  return [
    step("create", container, `production-api-${after}-1`, { networkMode: `net-${after}`, ...to }),
    step("create", command, `guard-${after}`),
    step("delete", container, `production-api-${before}-1`, {
      networkMode: `net-${before}`,
      ...from,
    }),
    step("delete", command, `guard-${before}`),
  ];
}

test("a thing that only moves to the next release is no change", () => {
  const plan = planOf(releases({ image: image("1") }, { image: image("1") }));
  expect(plan.changes).toEqual([]);
  expect(plan.release).toEqual({ from: "aaaaaaaa", to: "bbbbbbbb" });
  expect(describePlan("production", plan)).toContain("a secret is another one");
});

test("what differs between two releases is told by the name of the input, an image by its digest", () => {
  const plan = planOf(
    releases({ image: image("1"), memory: 256 }, { image: image("2"), memory: 512 }),
  );
  expect(plan.changes).toEqual([
    {
      ...{ kind: "replace", type: container, name: "production-api-RELEASE-1" },
      inputs: ["image", "memory"],
      image: { from: image("1"), to: image("2") },
    },
  ]);
  expect(describePlan("production", plan)).toMatch(/shop@1{12} → shop@2{12}; memory/);
});

test("the hash is the plan's: of whatever order, and of nothing else", () => {
  const steps = releases({ image: image("1") }, { image: image("2") });
  const { hash } = planOf(steps);
  expect(planOf([...steps].reverse()).hash).toBe(hash);
  expect(planOf([...steps, step("same", container, "postgres-server")]).hash).toBe(hash);
  expect(planOf(releases({ image: image("1") }, { image: image("3") })).hash).not.toBe(hash);
  expect(planOf(steps.slice(0, 3)).hash).not.toBe(hash);
});

test("a name that the engine makes up is no part of it", () => {
  const named = (name: string) =>
    step(
      "update",
      container,
      "edge-server",
      { name, __defaults: ["name"], memory: 2 },
      { memory: 1 },
    );
  const plan = planOf([named("edge-server-1a2b3c4")]);
  expect(plan.hash).toBe(planOf([named("edge-server-5d6e7f8")]).hash);
  expect(plan.changes.map(({ inputs }) => inputs)).toEqual([["memory"]]);
});

test.each([
  ["data", step("replace", container, "postgres-server", {}, {}), false],
  ["data", step("delete", "docker:index/volume:Volume", "redis-data"), false],
  ["edge", step("replace", container, "edge-server", {}, {}), false],
  ["maintenance", step("update", command, "migration", {}, {}), true],
  ["none", step("update", command, "migration", {}, {}), false],
  ["none", step("create", container, "postgres-server"), false],
])("downtime: %s", (expected, changed, declared) => {
  expect(planOf([changed], { declared }).downtime).toBe(expected);
});

test("a plan of nothing says so", () => {
  const plan = planOf([step("same", container, "postgres-server")]);
  expect(describePlan("production", plan)).toBe("**production**: nothing would change.");
});

test("a deploy takes no other plan than the one that was approved, and something is another one than nothing", () => {
  const plan = planOf(releases({ image: image("1") }, { image: image("2") }));
  const nothing = planOf([step("same", container, "postgres-server")]);
  const refusal = (given: typeof plan, approved: string) => () =>
    requireApproved("production", given, approved);
  expect(refusal(plan, plan.hash)).not.toThrow();
  expect(refusal(nothing, "")).not.toThrow();
  expect(refusal(plan, "")).toThrow(
    `a plan that changes nothing of production was approved, and this is ${plan.hash}`,
  );
  expect(refusal(nothing, plan.hash)).toThrow("was approved, and this one changes nothing");
  expect(refusal(plan, nothing.hash)).toThrow(`and this is ${plan.hash}: nothing was changed`);
});
