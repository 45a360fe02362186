import { expect, test } from "vitest";
import { countFailures, parseExchange, percentile, within } from "../../scripts/prove/exchanges.ts";
import { compare } from "../../scripts/prove/ledger.ts";
import { splitPhases } from "../../scripts/prove/phases.ts";
import { randomNumbers } from "../../scripts/prove/random.ts";
import { judge } from "../../scripts/prove/ticks.ts";

const lines = [
  '[1000,"GET","",4.5,"aaaa",null]',
  '[1500,"POST","",9,"aaaa",7]',
  '[1900,"POST","reset",1,"",null]',
  '[2000,"WebSocket","WebSocket 1006",0,"aaaa",null]',
];

test("reads what the load generator writes", () => {
  const exchanges = lines.map(parseExchange);
  expect(exchanges[1]).toEqual({
    ...{ at: 1500, kind: "POST", failure: "", milliseconds: 9, release: "aaaa", order: 7 },
  });
  expect(exchanges[0]).not.toHaveProperty("order");
  expect(countFailures(exchanges)).toEqual({ "POST: reset": 1, "WebSocket 1006": 1 });
  expect(within(exchanges, { from: 1500, to: 2000 })).toHaveLength(2);
});

test("a percentile is one of the values", () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentile(values, 0.5)).toBe(50);
  expect(percentile(values, 0.99)).toBe(99);
  expect(percentile([3], 0.5)).toBe(3);
  expect(percentile([], 0.5)).toBeUndefined();
});

test("an order that was acknowledged and is not there is lost", () => {
  const exchanges = lines.map(parseExchange);
  expect(compare(exchanges, [])).toMatchObject({ acknowledged: 1, lost: 1 });
  const rows = [
    ["7", "1", "0"],
    ["8", "0", "1"],
    ["9", "2", "0"],
  ];
  expect(compare(exchanges, rows)).toEqual({
    ...{ acknowledged: 1, lost: 0, uninvoiced: 1, invoicedTwice: 1, queuedAgain: 1 },
  });
});

const ticks = (text: string) =>
  text.split(" ").map((host, index) => ({ at: 1000 + index * 1000, host }));
const stretch = { from: 500, to: 6500 };

test("beats that follow one another do not overlap", () => {
  expect(judge(ticks("a a b b b c"), [], stretch)).toEqual({
    ...{ ticks: 6, beats: 3, longestGapSeconds: 1, overlaps: 0 },
  });
});

test("a beat that ticks after its successor overlaps, unless it was started again", () => {
  expect(judge(ticks("a b a b a b"), [], stretch).overlaps).toBe(4);
  expect(judge(ticks("a a b a a a"), [{ at: 3500, id: "a123" }], stretch).overlaps).toBe(0);
  expect(judge(ticks("a a b a a a"), [{ at: 500, id: "a123" }], stretch).overlaps).toBe(1);
});

test("the silence before the first tick and after the last one is a gap", () => {
  expect(judge(ticks("a"), [], { from: 0, to: 9000 }).longestGapSeconds).toBe(8);
  expect(judge([], [], { from: 0, to: 9000 }).longestGapSeconds).toBe(9);
});

test("the same seed gives the same numbers", () => {
  const draw = (seed: number) => Array.from({ length: 100 }, randomNumbers(seed));
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
  expect(Math.min(...draw(1))).toBeGreaterThanOrEqual(0);
  expect(Math.max(...draw(1))).toBeLessThan(1);
});

test("a deploy is split by what the journal says of it", () => {
  const events = [
    { at: 500, event: "retired" },
    { at: 2000, event: "begun" },
    { at: 4500, event: "live" },
  ];
  expect([...splitPhases(events, [{ from: 1000, to: 5000 }])]).toEqual([
    ["start → begun", [1]],
    ["begun → live", [2.5]],
    ["live → end", [0.5]],
  ]);
});
