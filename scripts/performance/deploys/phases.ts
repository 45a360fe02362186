import { Failure } from "../../failure.ts";
import type { JournalEntry } from "./journal.ts";
import type { TimedUp } from "./timed-up.ts";

/** Seconds of a deploy by what they go to, in order; together they are all of it. */
export type Phases = Record<string, number>;

/** Moments of a deploy that neither the engine nor the journal tells, in milliseconds since the epoch. */
export interface Seen {
  /** When the first new container of a service started. */
  container: number;
  /** When traffic was wholly with the new release. */
  traffic: number;
}

/** A deploy without a migration step has no phase for it. */
export function phasesOf(up: TimedUp, journal: JournalEntry[], seen: Seen): Phases {
  const since = (moment: number) => (moment - up.started) / 1000;
  const noted = (event: string) => {
    const entry = journal.find((each) => each.event === event);
    if (!entry) throw new Failure(`the journal has no event '${event}' of this deploy`);
    return since(entry.at);
  };
  const first = up.steps[0]?.at;
  if (first === undefined) throw new Failure("the deploy changed nothing, so it has no phases");
  const migrated = up.steps.find(({ name, what }) => name === "migration" && what === "end")?.at;
  const container = since(seen.container);
  const ends = {
    "CLI and program": first,
    "files and containers": container,
    ...(migrated === undefined ? {} : { migration: Math.max(container, migrated) }),
    "start and proof": noted("proved"),
    "switch of the traffic": since(seen.traffic),
    "smoke test": noted("switched"),
    "queues and beat": noted("live"),
    "drain and stop": noted("retired"),
    "removal and end": up.seconds,
  };
  let before = 0;
  return Object.fromEntries(
    Object.entries(ends).map(([phase, end]) => {
      const taken = end - before;
      before = end;
      return [phase, taken];
    }),
  );
}
