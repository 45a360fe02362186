import { expect, test } from "vitest";
import { matches, namesRef } from "../../github/rules/patterns.ts";

test.each([
  ["main", "main", true],
  ["main", "mainly", false],
  ["release/*", "release/1.0", true],
  ["release/*", "release/1/0", false],
  ["release/**/*", "release/1/0", true],
  ["release/**", "release/1/0", false],
  ["v*.*.*", "v1.2.3", true],
  ["v*.*.*", "v1.2", false],
  ["v[0-9]*", "v1", true],
  ["v[0-9]*", "vx", false],
  ["{a,b}", "a", false],
  ["!main", "feature", false],
])("%s and %s", (pattern, name, isMatch) => {
  expect(matches(pattern, name)).toBe(isMatch);
});

test.each([
  [{ include: ["~ALL"], exclude: ["refs/heads/free/*"] }, "refs/heads/free/one", false],
  [{ include: ["~ALL"], exclude: ["refs/heads/free/*"] }, "refs/heads/bound", true],
  [{ include: ["~DEFAULT_BRANCH"], exclude: [] }, "refs/heads/main", true],
  [{ include: ["~DEFAULT_BRANCH"], exclude: [] }, "refs/heads/trunk", false],
  [{ include: [], exclude: [] }, "refs/heads/main", false],
])("a condition %j and %s", (conditions, ref, isNamed) => {
  expect(namesRef(conditions, ref, "main")).toBe(isNamed);
});
