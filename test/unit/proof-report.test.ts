import { expect, test } from "vitest";
import type { Exchange } from "../../scripts/prove/exchanges.ts";
import { lastWords } from "../../scripts/prove/last-words.ts";
import { picture } from "../../scripts/prove/picture.ts";
import type { Proof } from "../../scripts/prove/prove.ts";
import { describeProof } from "../../scripts/prove/report.ts";

const exchange = (at: number, release: string, failure = ""): Exchange => ({
  ...{ at, kind: "GET", failure, milliseconds: 10, release },
});
const exchanges = [
  ...Array.from({ length: 10 }, (_, index) => exchange(1000 + index * 100, "old")),
  ...Array.from({ length: 10 }, (_, index) => exchange(2000 + index * 100, "new")),
];
const proof: Proof = {
  exchanges,
  trials: [
    {
      ...{ part: "deploys", title: "deploy 1", ended: "new release", broken: [] },
      ...{ from: 1000, to: 3000, attempt: { from: 1000, to: 2500 } },
    },
  ],
  summary: { requests: 20, unsent: 0 },
  ledger: { acknowledged: 5, lost: 0, uninvoiced: 0, invoicedTwice: 0, queuedAgain: 0 },
  rhythm: { ticks: 3, beats: 2, longestGapSeconds: 3.2, overlaps: 0 },
  phases: new Map([["start → begun", [1, 2, 4]]]),
};

test("the report begins with the verdict and has what was counted", () => {
  const text = describeProof(proof, ["deploys"]);
  expect(text).toMatch(/^\*\*Every promise was kept\.\*\*/);
  expect(text).toContain("| Good deploys in a row | 1 | 20 | 0 | 0 |");
  expect(text).toContain("Orders: 5 placed, 0 lost");
  expect(text).toContain("| during a deploy | 15 | 10.0 | 10.0 |");
  expect(text).toContain("| start → begun | 3 | 2.00 | 1.00 | 4.00 |");
});

test("a broken promise stands before everything else", () => {
  const failing = { ...proof, exchanges: [...exchanges, exchange(2900, "new", "status 502")] };
  const text = describeProof(failing, ["deploys"]);
  expect(text).toMatch(/^\*\*1 promises were broken:\*\*\n\n- deploy 1: 1 failed requests/);
});

test("the picture has a colour for each release and a line for each failure", () => {
  const stretch = { from: 1000, to: 3000 };
  const whole = picture(exchanges, stretch, stretch);
  expect(whole.match(/stroke="#2563eb" stroke-width="2.4"/g)).toHaveLength(1);
  expect(whole.match(/stroke="#ea580c" stroke-width="2.4"/g)).toHaveLength(1);
  expect(whole).toContain('<path d="" stroke="#dc2626"/>');
  const failing = picture([exchange(2000, "new", "reset")], stretch, stretch);
  expect(failing).toMatch(/<path d="M540 28v220" stroke="#dc2626"\/>/);
  expect(whole).not.toMatch(/NaN|undefined/);
});

test("why the CLI failed stands in its diagnostics", () => {
  const output = `Updating\nDiagnostics:
  command:local:Command (switch):
    error: exit status 1: running "timeout 725 bash -s -- apply":
    the smoke test answered 500\n\nOutputs:\n  ~ release: "a"\nResources:\n  1 errored`;
  expect(lastWords(output)).toBe("command:local:Command (switch): / the smoke test answered 500");
});
