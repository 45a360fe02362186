import { setTimeout as sleep } from "node:timers/promises";
import { lastWords, type Stage, strayings, type Trial } from "./trial.ts";

/** Between two deploys, for what is measured without one. */
const pauseMilliseconds = 3000;
const everyHowManyBack = 5;

/** Good deploys in a row; each fifth goes back to the release before. */
export async function proveDeploys(stage: Stage, count: number): Promise<Trial[]> {
  const { stack, images, report } = stage;
  const trials: Trial[] = [];
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
    stack.configure(next.image, next.round);
    const attempt = await stack.up();
    const broken =
      attempt.exitCode === 0
        ? await strayings(stage, (await stack.live()) ?? "none")
        : [`it failed: ${lastWords(attempt.output)}`];
    await sleep(pauseMilliseconds);
    const { from } = attempt;
    const ended = attempt.exitCode === 0 ? "new release" : "failed";
    trials.push({ part: "deploys", title, ended, attempt, from, to: Date.now(), broken });
    if (attempt.exitCode === 0) [before, now] = [now, next];
  }
  return trials;
}
