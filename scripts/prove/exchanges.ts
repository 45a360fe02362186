/** One request as the load generator saw it, or one WebSocket when it had ended. */
export interface Exchange {
  /** When the request was sent, or the WebSocket ended: milliseconds since the epoch. */
  at: number;
  kind: "GET" | "POST" | "0.8 s" | "WebSocket";
  /** Empty when all was well, else the kind of failure: `status 502`, `refused`, `reset`, `timeout` … */
  failure: string;
  /** From the first byte sent to the last one received; 0 for a WebSocket. */
  milliseconds: number;
  /** The release that the edge named; empty when it named none. */
  release: string;
  /** The number that a placed order was given. */
  order?: number;
}

/** A stretch of time, in milliseconds since the epoch; the end is not part of it. */
export interface Stretch {
  from: number;
  to: number;
}

/** Reads one line of load/traffic.js. */
export function parseExchange(line: string): Exchange {
  const [at, kind, failure, milliseconds, release, order] = JSON.parse(line);
  return { at, kind, failure, milliseconds, release, ...(order === null ? {} : { order }) };
}

export function within(exchanges: Exchange[], { from, to }: Stretch): Exchange[] {
  return exchanges.filter(({ at }) => at >= from && at < to);
}

/** How many failed, by kind of request and of failure; empty when none did. */
export function countFailures(exchanges: Exchange[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind, failure } of exchanges) {
    if (!failure) continue;
    const name = failure.startsWith("WebSocket") ? failure : `${kind}: ${failure}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** The value that a share of all values (0 to 1) does not exceed; undefined when there are none. */
export function percentile(values: number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

/** Milliseconds of the requests that are answered as fast as can be: those that take 0.8 s by themselves are not. */
export function latencies(exchanges: Exchange[]): number[] {
  return exchanges
    .filter(({ kind }) => kind === "GET" || kind === "POST")
    .map(({ milliseconds }) => milliseconds);
}
