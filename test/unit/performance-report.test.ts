import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Comparison, Duration } from "../../scripts/performance/figures.ts";
import { chosenMeasurements, names } from "../../scripts/performance/measurements.ts";
import { describeFigures, missedTargets, withFigures } from "../../scripts/performance/report.ts";

const traffic: Comparison = {
  ...{ what: "traffic", slipway: [3.2, 2.8, 3.0], measure: "kamal-proxy", plain: [3.1, 3.3, 3.2] },
  atMost: 1,
};
const deploy: Duration = {
  ...{ what: "deploy", seconds: [8, 6, 7, 9], atMost: 8.25, because: "it starts in 2.25 s" },
  phases: { "CLI and program": [1, 2, 3, 4], proof: [0.5, 0.5, 0.5, 0.7] },
};
const rollback: Duration = { what: "rollback", seconds: [5], phases: { proof: [0.25] } };

test("figures are medians with their spread, what they may be, and what they go to", () => {
  const text = describeFigures({
    ...{ comparisons: [traffic], durations: [deploy, rollback], notes: ["9 requests."] },
  });
  expect(text.split("\n")).toEqual([
    "| what | Slipway | measured by | that takes | ratio | at most |",
    "| --- | --- | --- | --- | --- | --- |",
    "| traffic | 3.00 (2.80–3.20) | kamal-proxy | 3.20 (3.10–3.30) | 0.94 | 1.0 |",
    "",
    "| what | seconds | at most |",
    "| --- | --- | --- |",
    "| deploy | 7.50 (6.00–9.00) | 8.3 (it starts in 2.25 s) |",
    "| rollback | 5.00 (5.00–5.00) |  |",
    "",
    "| seconds for | deploy | rollback |",
    "| --- | --- | --- |",
    "| CLI and program | 2.50 |  |",
    "| proof | 0.50 | 0.25 |",
    "",
    "Medians in seconds with the least and the most, of 3, 4, 1 repetitions, both sides of a comparison in turns.",
    "9 requests.",
  ]);
});

test("no table stands without rows", () => {
  expect(describeFigures({ comparisons: [traffic] })).not.toContain("| seconds |");
  const alone = describeFigures({ durations: [{ what: "undo", seconds: [1] }] });
  expect(alone).not.toMatch(/measured by|seconds for|in turns/);
});

test("what has another form is a table of its own, without a word about repetitions", () => {
  const other = { head: ["database", "seconds"], rows: [["10 MB", "3.1"]] };
  expect(describeFigures({ table: other })).toBe(
    "| database | seconds |\n| --- | --- |\n| 10 MB | 3.1 |",
  );
});

test("targets are missed by the median, and only where there are any", () => {
  expect(missedTargets({ comparisons: [traffic], durations: [deploy, rollback] })).toEqual([]);
  const slower = { ...traffic, slipway: [3.3, 3.3, 1] };
  expect(missedTargets({ comparisons: [slower, { ...slower, atMost: 2 }] })).toEqual(["traffic"]);
  expect(missedTargets({ durations: [{ ...deploy, seconds: [8.3] }, rollback] })).toEqual([
    "deploy",
  ]);
});

test("figures go between the markers of their name and leave the rest alone", () => {
  const page = (inside: string) => `a\n<!-- figures: x -->${inside}<!-- end of x -->\nb\n`;
  expect(withFigures(page("\nold\n"), "x", "new")).toBe(page("\n\nnew\n\n"));
  expect(() => withFigures(page(""), "y", "new")).toThrow("lacks the markers");
});

test("every measurement has its place on the page, and a name that is none is refused", () => {
  const page = readFileSync(new URL("../../docs/performance.md", import.meta.url), "utf8");
  const all = chosenMeasurements(undefined).map(([name]) => name);
  for (const name of all) expect(withFigures(page, name, "figures")).toContain("\nfigures\n");
  expect(all.join(", ")).toBe(names);
  expect(chosenMeasurements("deploys,first").map(([name]) => name)).toEqual(["deploys", "first"]);
  expect(() => chosenMeasurements("deploy")).toThrow("--only knows no 'deploy'");
});
