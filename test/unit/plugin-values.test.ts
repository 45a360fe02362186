import { expect, test } from "vitest";
import { changedPaths } from "../../scripts/toolchain/plugins/provider/diff.ts";
import type { ResourceSpec } from "../../scripts/toolchain/plugins/provider/package-spec.ts";
import { plannedUpdate } from "../../scripts/toolchain/plugins/provider/resource-state.ts";
import {
  containsUnknown,
  deepEquals,
  isUnknown,
  plain,
  secret,
  unknownString,
} from "../../scripts/toolchain/plugins/provider/values.ts";

const asset = (hash: string) => ({
  "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17",
  hash,
  path: `/anywhere/${Math.random()}`,
});

test("a secret is marked once, and its marks can be taken off", () => {
  expect(secret(secret("x"))).toEqual(secret("x"));
  expect(plain({ a: secret({ b: [secret("x"), 1] }) })).toEqual({ a: { b: ["x", 1] } });
});

test("what is unknown is found at any depth", () => {
  expect(containsUnknown({ a: [secret(unknownString)] })).toBe(true);
  expect(containsUnknown({ a: ["known"] })).toBe(false);
});

test("assets are the same when their content is", () => {
  expect(deepEquals(asset("1"), asset("1"))).toBe(true);
  expect(deepEquals(asset("1"), asset("2"))).toBe(false);
});

test("changes are told by path", () => {
  const old = {
    same: 1,
    gone: "x",
    map: { "a.b": 1, c: [1, 2] },
    hidden: secret({ k: 1 }),
    __x: 1,
  };
  const next = { same: 1, map: { "a.b": 2, c: [1, 3, 4] }, hidden: secret({ k: 2 }), added: true };
  expect(Object.fromEntries(changedPaths(old, next))).toEqual({
    gone: "delete",
    'map["a.b"]': "update",
    "map.c[1]": "update",
    "map.c[2]": "add",
    hidden: "update",
    added: "add",
  });
});

test("a null is no value", () => {
  expect(changedPaths({ a: null }, {}).size).toBe(0);
});

const spec: ResourceSpec = {
  description: "",
  inputProperties: { input: { type: "string" }, other: { type: "string" } },
  properties: {
    input: { type: "string" },
    other: { type: "string" },
    output: { type: "string" },
  },
  required: ["output"],
};

test("a planned update knows its output as long as no input it had changes", () => {
  const state = { input: "a", output: "o" };
  expect(plannedUpdate(spec, { input: "a", other: "new" }, state)).toEqual({
    input: "a",
    other: "new",
    output: "o",
  });
  expect(isUnknown(plannedUpdate(spec, { input: "b" }, state).output)).toBe(true);
  expect(isUnknown(plannedUpdate(spec, { input: unknownString }, state).output)).toBe(true);
  expect(isUnknown(plannedUpdate(spec, {}, state).output)).toBe(true);
});
