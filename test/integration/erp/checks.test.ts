import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { pipeline } from "./example.ts";

test("checks waits for every other job", () => {
  const others = Object.keys(pipeline.jobs).filter((job) => job !== "checks");
  expect(pipeline.jobs.checks?.needs).toEqual(others);
});

test.each([
  ["push", "branch", "main", true],
  ["push", "branch", "staging", true],
  ["push", "tag", "v1.2.3", true],
  ["push", "branch", "feature/more", false],
  ["pull_request", "branch", "1/merge", false],
  ["workflow_dispatch", "branch", "main", false],
])("an image is pushed for a %s of %s %s: %s", (event_name, ref_type, ref_name, expected) => {
  const github = { event_name, ref_type, ref_name };
  const { PUBLISH: publish } = pipeline.variables({ github });
  const needs = { build: { result: "success", outputs: { publish } } };
  expect(pipeline.runs("push", { needs })).toBe(expected);
});

test.each([
  ["true", { lint: "success", build: "success", push: "success" }, true],
  ["true", { lint: "failure", build: "success", push: "skipped" }, false],
  ["true", { lint: "success", build: "success", push: "skipped" }, false],
  ["true", { lint: "success", build: "success", push: "failure" }, false],
  ["false", { lint: "success", build: "success", push: "skipped" }, true],
  ["false", { lint: "cancelled", build: "success", push: "skipped" }, false],
  ["false", { lint: "skipped", build: "success", push: "skipped" }, false],
  ["", { lint: "success", build: "failure", push: "skipped" }, false],
])("where an image is pushed: '%s', checks sum up %o: %s", async (publish, results, expected) => {
  const outputs = { publish };
  const needs = Object.entries(results).map(([job, result]) => [job, { result, outputs }]);
  const { isWell, said } = await pipeline.run("checks", "Every job that had to run succeeded", {
    directory: tmpdir(),
    contexts: { needs: Object.fromEntries(needs) },
  });
  expect(isWell, said).toBe(expected);
  expect(said).toContain(`lint: ${results.lint}`);
});
