import { countFailures, type Exchange, within } from "./exchanges.ts";
import { tickSeconds } from "./proof-stack.ts";
import type { Proof } from "./prove.ts";
import type { Trial } from "./trial.ts";

const longestGapSeconds = 10;

/** What the load saw of one trial. */
export interface Verdict {
  trial: Trial;
  requests: number;
  /** Failed requests by kind, of both sorts: those that break a promise, and those that a trial may cost. */
  failures: Record<string, number>;
  borne: Record<string, number>;
  /** All promises that were not kept; empty when the trial went as it should. */
  broken: string[];
}

export function judgeTrials({ trials, exchanges }: Pick<Proof, "trials" | "exchanges">): Verdict[] {
  return trials.map((trial) => {
    const seen = within(exchanges, trial);
    const isBorne = ({ release }: Exchange) =>
      trial.bearable !== undefined &&
      (!trial.bearable.exceptOf || (release !== "" && release !== trial.bearable.exceptOf));
    const borne = seen.filter((exchange) => exchange.failure && isBorne(exchange));
    const failures = countFailures(seen.filter((exchange) => !isBorne(exchange)));
    const most = trial.bearable?.atMost ?? Number.POSITIVE_INFINITY;
    return {
      ...{ trial, requests: seen.length, failures, borne: countFailures(borne) },
      broken: [
        ...trial.broken,
        ...Object.entries(failures).map(([kind, count]) => `${count} failed requests (${kind})`),
        ...(borne.length > most
          ? [`${borne.length} ${trial.bearable?.are}, which are more than ${most}`]
          : []),
      ],
    };
  });
}

/** Every promise that was not kept, a line each. Empty: the proof holds. */
export function problemsOf(proof: Proof): string[] {
  const ofTrials = judgeTrials(proof).flatMap(({ trial, broken }) =>
    broken.map((each) => `${trial.title}: ${each}`),
  );
  return [...ofTrials, ...balanceProblems(proof)];
}

/** Those that are not about one trial. */
export function balanceProblems({ trials, exchanges, ledger, rhythm, summary }: Proof): string[] {
  const between = exchanges.filter(
    ({ at, failure }) => failure && !trials.some(({ from, to }) => at >= from && at < to),
  );
  const wrong = (count: number, what: string) => (count === 0 ? [] : [`${count} ${what}`]);
  // What was not sent cannot fail. A server that is down for seconds, which a trial may bear, leaves some unsent.
  const mayBeUnsent = trials.some(({ bearable }) => bearable) ? Number.POSITIVE_INFINITY : 0.01;
  return [
    ...Object.entries(countFailures(between)).map(
      ([kind, count]) => `between deploys: ${count} failed requests (${kind})`,
    ),
    ...wrong(ledger.lost, "orders are lost that clients were told of"),
    ...wrong(ledger.uninvoiced, "orders have no invoice"),
    ...wrong(ledger.invoicedTwice, "orders have two invoices"),
    ...(ledger.acknowledged === 0 ? ["no order was placed"] : []),
    ...(summary.unsent > summary.requests * mayBeUnsent
      ? [`${summary.unsent} requests that were due were not sent`]
      : []),
    ...wrong(rhythm?.overlaps ?? 0, "ticks of a beat beside its successor's"),
    ...(rhythm && rhythm.longestGapSeconds > longestGapSeconds
      ? [
          `${rhythm.longestGapSeconds.toFixed(1)} s without a tick, which come every ${tickSeconds} s`,
        ]
      : []),
  ];
}
