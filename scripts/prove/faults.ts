import { lastWords } from "./last-words.ts";
import type { Fault } from "./proof-images.ts";
import { type Stage, strayingsAfter, takenOver } from "./trial.ts";

/** A release that must not come to serve. */
export interface FaultyDeploy {
  title: string;
  fault: Fault | "missing";
  /** What `up` has to say of it. */
  says: RegExp;
  /**
   * For how many seconds of the load the faulty release itself may answer with errors, since nobody can know that it is
   * faulty before it is asked. Defaults to none.
   */
  errorSeconds?: number;
  /** A transaction in the database that lasts for the whole deploy. */
  transaction?: string;
}

const missingImage = `sha256:${"0".repeat(63)}1`;

export const faultyDeploys: FaultyDeploy[] = [
  { title: "image missing", fault: "missing", says: /image/i },
  { title: "crash at start", fault: "crash-at-start", says: /ends at its start|by itself|crash/i },
  { title: "never ready", fault: "never-ready", says: /not ready/i },
  {
    ...{
      title: "ready, then dies",
      fault: "ready-then-dies",
      says: /by itself|unhealthy|not ready|smoke/i,
    },
    errorSeconds: 3,
  },
  { title: "migration raises", fault: "migration-raises", says: /division by zero/i },
  {
    ...{ title: "migration blocks on a lock", fault: "migration-waits", says: /lock/i },
    transaction: "LOCK TABLE orders IN ROW EXCLUSIVE MODE",
  },
  {
    title: "old code cannot live with the new schema",
    fault: "migration-breaks-old-code",
    says: /cannot live with the new schema/i,
  },
  { title: "smoke answers 500", fault: "smoke-fails", says: /smoke.*500/i },
  { title: "worker never answers", fault: "worker-silent", says: /worker/i },
  { title: "beat dies after the hand-over", fault: "beat-dies", says: /beat/i },
  {
    ...{ title: "error rate in the soak", fault: "errors-in-soak", says: /were errors/i },
    errorSeconds: 8,
  },
];

/** Deploys each faulty release, sees that the old one serves on, and deploys a good one after it. */
export async function proveFaults(stage: Stage, faulty = faultyDeploys): Promise<void> {
  const { stack, images, report } = stage;
  for (const [index, each] of faulty.entries()) {
    stage.goOn();
    report.detail(`${each.title} (${index + 1} of ${faulty.length})`);
    const old = (await stack.live()) ?? "none";
    const image = each.fault === "missing" ? missingImage : await images.make(each.fault);
    stack.configure(image, `f${index}`);
    const end = each.transaction ? await stack.beginTransaction(each.transaction) : undefined;
    const attempt = await stack.up().finally(() => end?.());
    const broken = await takenOver(stage, old);
    if (attempt.exitCode === 0) broken.push("the faulty release was taken for a good one");
    else if (!each.says.test(lastWords(attempt.output)))
      broken.push(`what it said does not tell why: ${lastWords(attempt.output)}`);

    report.detail(`a good deploy after: ${each.title}`);
    const served = (await stack.live()) ?? "none";
    stack.configure(await images.make("none", String((index % 2) + 1)), `g${index}`);
    const good = await stack.up();
    if (good.exitCode !== 0)
      broken.push(`the good deploy after it failed: ${lastWords(good.output)}`);
    else broken.push(...(await strayingsAfter(stage, served)));
    stage.keep({
      ...{ part: "faults", title: each.title, attempt, from: attempt.from, to: Date.now(), broken },
      ended: attempt.exitCode === 0 ? "new release" : "old release",
      ...(each.errorSeconds
        ? {
            bearable: {
              exceptOf: old,
              atMost: each.errorSeconds * stage.requestsPerSecond,
              are: "answers of the faulty release itself",
            },
          }
        : {}),
    });
  }
}
