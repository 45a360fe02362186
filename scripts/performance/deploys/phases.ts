import { Failure } from "../../failure.ts";
import type { TimedUp } from "./timed-up.ts";

/** Seconds of a deploy by what they go to, in order; together they are all of it. */
export type Phases = Record<string, number>;

/** @param traffic when traffic was wholly with the new release, in milliseconds since the epoch. */
export function phasesOf({ seconds, started, steps }: TimedUp, traffic: number): Phases {
  const begins = steps.filter(({ what }) => what === "begin");
  const first = begins[0]?.at;
  const container = begins.find(({ type, operation }) => {
    return operation === "create" && type === "docker:index/container:Container";
  })?.at;
  const of = (what: "begin" | "end") =>
    steps.find((step) => step.name === "switch" && step.what === what)?.at;
  const [switching, switched] = [of("begin"), of("end")];
  const last = steps.at(-1)?.at;
  if (!first || !container || !switching || !switched || !last) {
    throw new Failure("the deploy made no container or did not switch, so it has no phases");
  }
  const ends = {
    "CLI and program": first,
    "images and files": container,
    "containers and migration": switching,
    "proof and switch": (traffic - started) / 1000,
    "smoke and hand-over": switched,
    "old release retired": last,
    "CLI ends": seconds,
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
