import { expect, test } from "vitest";
import type { Exchange } from "../../scripts/prove/exchanges.ts";
import type { Proof } from "../../scripts/prove/prove.ts";
import type { Trial } from "../../scripts/prove/trial.ts";
import { judgeTrials, problemsOf } from "../../scripts/prove/verdict.ts";

const good = (at: number): Exchange => ({
  ...{ at, kind: "GET", failure: "", milliseconds: 5, release: "old" },
});
const trial: Trial = {
  ...{ part: "deploys", title: "deploy 1", ended: "new release", broken: [] },
  ...{ from: 1000, to: 5000, attempt: { from: 1000, to: 4000 } },
};
const proof: Proof = {
  trials: [trial],
  exchanges: [good(500), good(2000), good(6000)],
  summary: { requests: 3, unsent: 0 },
  ledger: { acknowledged: 3, lost: 0, uninvoiced: 0, invoicedTwice: 0, queuedAgain: 0 },
  rhythm: { ticks: 3, beats: 2, longestGapSeconds: 3, overlaps: 0 },
  phases: new Map(),
};

test("a proof of which nothing can be said against holds", () => {
  expect(problemsOf(proof)).toEqual([]);
});

test.each<[string, Partial<Proof>, string]>([
  [
    "a failed request of a trial",
    { exchanges: [{ ...good(2000), failure: "status 502" }] },
    "deploy 1: 1 failed requests (GET: status 502)",
  ],
  [
    "one between two trials",
    { exchanges: [{ ...good(6000), kind: "WebSocket", failure: "WebSocket 1006" }] },
    "between deploys: 1 failed requests (WebSocket 1006)",
  ],
  [
    "what a trial found itself",
    { trials: [{ ...trial, broken: ["it failed: no"] }] },
    "deploy 1: it failed: no",
  ],
  [
    "a lost order",
    { ledger: { ...proof.ledger, lost: 1 } },
    "1 orders are lost that clients were told of",
  ],
  [
    "an order without invoice",
    { ledger: { ...proof.ledger, uninvoiced: 2 } },
    "2 orders have no invoice",
  ],
  [
    "a second invoice",
    { ledger: { ...proof.ledger, invoicedTwice: 1 } },
    "1 orders have two invoices",
  ],
  [
    "a load without orders",
    { ledger: { ...proof.ledger, acknowledged: 0 } },
    "no order was placed",
  ],
  [
    "requests that were not sent",
    { summary: { requests: 3, unsent: 4 } },
    "4 requests that were due were not sent",
  ],
  [
    "two schedulers at once",
    { rhythm: { ticks: 3, beats: 2, longestGapSeconds: 3, overlaps: 1 } },
    "1 ticks of a beat beside its successor's",
  ],
  [
    "a long silence of beat",
    { rhythm: { ticks: 3, beats: 2, longestGapSeconds: 10.4, overlaps: 0 } },
    "10.4 s without a tick, which come every 2 s",
  ],
])("%s breaks it", (_, change, problem) => {
  expect(problemsOf({ ...proof, ...change })).toEqual([problem]);
});

test("what the faulty release answers itself is borne up to a bound", () => {
  const are = "answers of the faulty release itself";
  const bearable = { exceptOf: "old", atMost: 1, are };
  const error = { ...good(2000), failure: "status 500", release: "faulty" };
  const judge = (exchanges: Exchange[]) =>
    judgeTrials({ trials: [{ ...trial, bearable }], exchanges })[0];
  expect(judge([error])).toMatchObject({
    borne: { "GET: status 500": 1 },
    failures: {},
    broken: [],
  });
  expect(judge([error, error])?.broken).toEqual([
    "2 answers of the faulty release itself, which are more than 1",
  ]);
  expect(judge([{ ...error, release: "old" }])?.broken).toEqual([
    "1 failed requests (GET: status 500)",
  ]);
});

test("a trial of another process, which came as text, may fail whom it may while a server is down", () => {
  const down: Trial = { ...trial, bearable: { are: "requests while it was down" } };
  const [verdict] = judgeTrials({
    trials: [JSON.parse(JSON.stringify(down))],
    exchanges: [{ ...good(2000), failure: "no answer", release: "" }],
  });
  expect(verdict).toMatchObject({ borne: { "GET: no answer": 1 }, failures: {}, broken: [] });
});
