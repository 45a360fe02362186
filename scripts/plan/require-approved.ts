import { Failure } from "../failure.ts";
import { changesNothing, type Plan } from "./plan.ts";

/** Fails unless a plan is the one that was approved, by its hash. A plan that would change nothing has an empty one. */
export function requireApproved(stack: string, plan: Plan, approved: string): void {
  const hash = changesNothing(plan) ? "" : plan.hash;
  if (hash === approved) return;
  const wanted = approved
    ? `plan ${approved} of ${stack}`
    : `a plan that changes nothing of ${stack}`;
  const found = hash ? `this is ${hash}` : "this one changes nothing";
  throw new Failure(
    `${wanted} was approved, and ${found}: nothing was changed; look at it, and approve it anew`,
  );
}
