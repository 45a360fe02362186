import { Refusal } from "./route.ts";

const rateLimits = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api";

const kinds = {
  "not-found": () => new Refusal(404, "Not Found"),
  "rate-limit": () =>
    new Refusal(403, "API rate limit exceeded for user ID 1.", {
      headers: {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": String(Math.ceil(Date.now() / 1000) + 2),
      },
    }),
  "secondary-limit": () =>
    new Refusal(403, "You have exceeded a secondary rate limit.", {
      headers: { "retry-after": "1" },
      documentation: `${rateLimits}#about-secondary-rate-limits`,
    }),
  "server-error": () => new Refusal(502, "Server Error"),
} as const;

export type FaultKind = keyof typeof kinds;

export interface Fault {
  kind: FaultKind;
  /** An operation of GitHub's description, such as `repos/get`; without it any. */
  operation?: string;
  /** How many requests it meets. Defaults to all until it is taken away. */
  times?: number;
}

/** What goes wrong on purpose. */
export class Faults {
  /** Before each answer. */
  latencyMilliseconds = 0;
  private readonly active: { fault: Fault; left: number }[] = [];

  /** Makes requests fail, and returns what ends that. */
  add(fault: Fault): () => void {
    const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
    this.active.push(entry);
    return () => {
      entry.left = 0;
    };
  }

  clear(): void {
    this.active.length = 0;
    this.latencyMilliseconds = 0;
  }

  /** Throws when a request is to fail. */
  meet(operation: string): void {
    const entry = this.active.find(
      ({ fault, left }) => left > 0 && (fault.operation ?? operation) === operation,
    );
    if (!entry) return;
    entry.left -= 1;
    throw kinds[entry.fault.kind]();
  }
}
