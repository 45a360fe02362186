import { median } from "../performance/timing.ts";
import { type Exchange, latencies, percentile, type Stretch, within } from "./exchanges.ts";
import { headings, introductions } from "./part-texts.ts";
import { tickSeconds } from "./proof-stack.ts";
import { type Proof, usualPace } from "./prove.ts";
import type { Part } from "./trial.ts";
import { judgeTrials, problemsOf, type Verdict } from "./verdict.ts";

/** The figures as Markdown, from the verdict to what was seen of each trial. */
export function describeProof(proof: Proof, parts: Part[]): string {
  const { exchanges, summary, ledger, rhythm } = proof;
  const verdicts = judgeTrials(proof);
  const problems = problemsOf(proof);
  const lines = [
    problems.length === 0
      ? "**Every promise was kept.**"
      : `**${problems.length} promises were broken:**\n\n${problems.map((each) => `- ${each}`).join("\n")}`,
    "",
    ...table(
      ["what", "times", "requests", "failed", "of them bearable"],
      [
        ...parts.map((part) => partRow(part, verdicts)),
        ["all of it", "", String(exchanges.length), String(failedIn(exchanges)), ""],
      ],
    ),
    "",
    `Orders: ${ledger.acknowledged} placed, ${ledger.lost} lost, ${ledger.invoicedTwice} invoiced twice, ${ledger.uninvoiced} without an invoice; ${ledger.queuedAgain} were queued again by the application's own safety net.`,
    rhythm
      ? `Beat, over the deploys in a row: ${rhythm.ticks} ticks, due every ${tickSeconds} s, of ${rhythm.beats} schedulers; the longest gap was ${rhythm.longestGapSeconds.toFixed(1)} s, and ${rhythm.overlaps} ticks came beside a successor's.`
      : "",
    `k6 counted ${summary.requests} requests itself and left ${summary.unsent} unsent.`,
  ];
  if (parts.includes("deploys")) lines.push(...latencySection(proof), ...phaseSection(proof));
  for (const part of parts)
    lines.push(
      "",
      `## ${headings[part]}`,
      "",
      introductions[part],
      "",
      ...partTable(part, verdicts),
    );
  return lines.join("\n");
}

function partRow(part: Part, verdicts: Verdict[]): string[] {
  const own = verdicts.filter(({ trial }) => trial.part === part);
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  const borne = sum(own.map((each) => total(each.borne)));
  const failed = sum(own.map((each) => total(each.failures))) + borne;
  const requests = sum(own.map((each) => each.requests));
  return [headings[part], own.length, requests, failed, borne].map(String);
}

function partTable(part: Part, verdicts: Verdict[]): string[] {
  const own = verdicts.filter(({ trial }) => trial.part === part);
  if (part === "deploys") {
    const seconds = own.map(({ trial }) => lasted(trial.attempt));
    return [
      `One \`up\` took ${median(seconds).toFixed(1)} s (${Math.min(...seconds).toFixed(1)}–${Math.max(...seconds).toFixed(1)}).`,
    ];
  }
  return table(
    ["what", "ended in", "seconds of `up`", "requests", "failed", "bearable", "broken promises"],
    own.map(({ trial, requests, failures, borne, broken }) => [
      ...[trial.title, trial.ended, lasted(trial.attempt).toFixed(1), String(requests)],
      ...[counts(failures), counts(borne), broken.join("; ") || "none"],
    ]),
  );
}

function latencySection({ trials, exchanges }: Proof): string[] {
  const deploys = trials.filter(({ part }) => part === "deploys");
  const first = deploys[0]?.from ?? 0;
  const during = deploys.flatMap(({ attempt }) => within(exchanges, attempt));
  const after = deploys.flatMap(({ attempt, to }) => within(exchanges, { from: attempt.to, to }));
  const before = within(exchanges, { from: first - usualPace.quietSeconds * 1000, to: first });
  const row = (name: string, seen: Exchange[]) => {
    const times = latencies(seen);
    const ms = (share: number) => percentile(times, share)?.toFixed(1) ?? "";
    return [name, String(times.length), ms(0.5), ms(0.99)];
  };
  return [
    ...["", "## Latency", ""],
    "Milliseconds of GET and POST, without the requests that take 0.8 s by themselves.",
    "",
    ...table(
      ["when", "requests", "p50", "p99"],
      [
        row("before the first deploy", before),
        row("during a deploy", during),
        row("in the seconds after a deploy", after),
      ],
    ),
    "",
    "![latency and release over time](proof.svg)",
  ];
}

function phaseSection({ phases }: Proof): string[] {
  const rows = [...phases].map(([name, seconds]) => [
    ...[name, String(seconds.length), median(seconds).toFixed(2)],
    ...[Math.min(...seconds).toFixed(2), Math.max(...seconds).toFixed(2)],
  ]);
  return [
    ...["", "## Seconds by phase", "", "Of the deploys in a row, by the journal on the host.", ""],
    ...table(["from and to", "times", "median", "least", "most"], rows),
  ];
}

function lasted({ from, to }: Stretch): number {
  return (to - from) / 1000;
}

function failedIn(exchanges: Exchange[]): number {
  return exchanges.filter(({ failure }) => failure).length;
}

function total(failures: Record<string, number>): number {
  return Object.values(failures).reduce((sum, count) => sum + count, 0);
}

function counts(failures: Record<string, number>): string {
  return (
    Object.entries(failures)
      .map(([kind, count]) => `${count} × ${kind}`)
      .join(", ") || "0"
  );
}

/** Rows of a table in Markdown. */
export function table(head: string[], rows: string[][]): string[] {
  const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
  return [head, head.map(() => "---"), ...rows].map(
    (cells) => `| ${cells.map(cell).join(" | ")} |`,
  );
}
