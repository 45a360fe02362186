import { setTimeout as sleep } from "node:timers/promises";
import { lastWords } from "./last-words.ts";
import { type Stage, strayingsAfter } from "./trial.ts";

/** Between two deploys, for what is measured without one. */
const pauseMilliseconds = 3000;
const everyHowManyBack = 5;

/** Good deploys in a row; each fifth goes back to the release before. */
export async function proveDeploys(stage: Stage, count: number): Promise<void> {
  const { stack, images, report } = stage;
  let before = { image: await images.make("none", "1"), round: "1" };
  let now = before;
  for (let number = 1; number <= count; number++) {
    stage.goOn();
    const isBack = number % everyHowManyBack === 0;
    const next = isBack
      ? before
      : { image: await images.make("none", String((number % 2) + 1)), round: `d${number}` };
    const title = isBack ? `deploy ${number}, a rollback` : `deploy ${number}`;
    report.detail(`${title} of ${count}`);
    const old = (await stack.live()) ?? "none";
    stack.configure(next.image, next.round);
    const attempt = await stack.up();
    const broken =
      attempt.exitCode === 0
        ? await strayingsAfter(stage, old)
        : [`it failed: ${lastWords(attempt.output)}`];
    await sleep(pauseMilliseconds);
    const { from } = attempt;
    const ended = attempt.exitCode === 0 ? "new release" : "failed";
    stage.keep({ part: "deploys", title, ended, attempt, from, to: Date.now(), broken });
    if (attempt.exitCode === 0) [before, now] = [now, next];
  }
}
