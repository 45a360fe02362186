import { setTimeout as sleep } from "node:timers/promises";
import { lastWords } from "./last-words.ts";
import { type Stage, strayings, timeDeploy } from "./trial.ts";

/**
 * Kills a deploy with everything that it has started, at moments that are spread over all of its time; every second
 * time the scripts on the host live on. Then `recover` and one `up` have to bring the environment to the new release.
 */
export async function proveKills(stage: Stage, count: number): Promise<void> {
  const { stack, images, random, report } = stage;
  const series = [await images.make("none", "1"), await images.make("none", "2")];
  report.detail("how long a deploy takes");
  let milliseconds = Number.POSITIVE_INFINITY;
  for (const image of series) {
    stack.configure(image, "k");
    milliseconds = Math.min(milliseconds, await timeDeploy(stage, "kills"));
  }
  for (let number = 1; number <= count; number++) {
    stage.goOn();
    const after = ((number - 1 + random()) / count) * milliseconds;
    // Those on a server are not to be reached from here.
    const spares = stage.server !== undefined || number % 2 === 0;
    const title = `kill -9 after ${(after / 1000).toFixed(1)} s${spares ? ", host scripts live on" : ""}`;
    report.detail(`${title} (${number} of ${count})`);
    const old = (await stack.live()) ?? "none";
    stack.configure(series[number % 2] as string, `k${number}`);
    const attempt = stack.startUp();
    const isOver = await Promise.race([attempt.ended, sleep(after, undefined)]);
    attempt.kill(spares);
    const outcome = await attempt.ended;
    if (isOver) milliseconds = Math.min(milliseconds, outcome.to - outcome.from);
    await sleep(2000 * random());
    const recovered = await stack.recover();
    const broken =
      recovered.exitCode === 0 ? [] : [`recover failed: ${lastWords(recovered.output)}`];
    const between = (await stack.live()) ?? "none";
    broken.push(...(await answersOfTwo(stage, old, between)));
    const next = await stack.up();
    const live = (await stack.live()) ?? "none";
    if (next.exitCode !== 0) broken.push(`the next up failed: ${lastWords(next.output)}`);
    else broken.push(...(await strayings(stage, live)));
    if (live === old) broken.push("the new release does not serve after the next up");
    stage.keep({
      ...{ part: "kills", title, attempt: outcome, from: outcome.from, to: Date.now(), broken },
      ended: isOver ? "was over" : between === old ? "old release, then new" : "new release",
    });
  }
}

/** After `recover` and before the next `up` the environment is on one release, the old or the new one. */
async function answersOfTwo({ traffic }: Stage, old: string, live: string): Promise<string[]> {
  const since = Date.now();
  await sleep(1000);
  const answers = traffic.read().filter(({ at, kind }) => at >= since && kind !== "WebSocket");
  const releases = [...new Set(answers.map(({ release }) => release))];
  return releases.length === 1 && releases[0] === live
    ? []
    : [
        `after recover answered ${releases.join(", ")}, while ${live} is live; before it was ${old}`,
      ];
}
