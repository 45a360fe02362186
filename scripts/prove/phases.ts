import type { Stretch } from "./exchanges.ts";

/** A line of the journal on the host. */
export interface Event {
  /** Milliseconds since the epoch. */
  at: number;
  event: string;
}

/** The seconds between one event of a deploy and the next, in the order in which they come. */
export type Phases = Map<string, number[]>;

/** Splits each attempt by what the journal says of it: `start → begun`, `begun → proved` … `retired → end`. */
export function splitPhases(events: Event[], attempts: Stretch[]): Phases {
  const phases: Phases = new Map();
  for (const { from, to } of attempts) {
    const own = events.filter(({ at }) => at >= from && at <= to);
    const marks = [{ at: from, event: "start" }, ...own, { at: to, event: "end" }];
    for (const [index, mark] of marks.slice(1).entries()) {
      const before = marks[index] as Event;
      const name = `${before.event} → ${mark.event}`;
      phases.set(name, [...(phases.get(name) ?? []), (mark.at - before.at) / 1000]);
    }
  }
  return phases;
}
