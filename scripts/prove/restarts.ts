import { setTimeout as sleep } from "node:timers/promises";
import { docker } from "../engine.ts";
import { readEnvironment } from "../environment.ts";
import { localStack } from "../workspace.ts";
import { lastWords } from "./last-words.ts";
import {
  type Part,
  type Stage,
  strayings,
  strayingsAfter,
  type Trial,
  takenOver,
  timeDeploy,
} from "./trial.ts";

const servers = ["redis", "postgres"];

/** Restarts a server of data in the middle of a deploy, at two moments each. */
export async function proveRestarts(stage: Stage): Promise<void> {
  for (const server of servers) {
    for (const share of [0.3, 0.7]) {
      const restart = async () => {
        const found = (await stage.stack.containers()).find(({ role }) => role === server);
        await docker(readEnvironment(localStack), ["restart", found?.id ?? server]);
      };
      stage.keep(await proveDisturbance(stage, "restarts", `${server} restarted`, share, restart));
    }
  }
}

/**
 * Disturbs one deploy at a share of its usual time; it ends in the old or the new release, and the next one works,
 * `recovers`: after `npm run recover`.
 */
export async function proveDisturbance(
  stage: Stage,
  part: Part,
  title: string,
  share: number,
  disturb: () => Promise<void>,
  { recovers = false }: { recovers?: boolean } = {},
): Promise<Trial> {
  const { stack, images, report } = stage;
  stage.goOn();
  const series = [await images.make("none", "1"), await images.make("none", "2")];
  stack.configure(series[0] as string, `b${title}${share}`);
  report.detail(`how long a deploy takes, before: ${title}`);
  const after = (await timeDeploy(stage, part)) * share;
  const name = `${title} after ${(after / 1000).toFixed(1)} s`;
  report.detail(name);
  const old = (await stack.live()) ?? "none";
  stack.configure(series[1] as string, `r${title}${share}`);
  const attempt = stack.startUp();
  await sleep(after);
  await disturb();
  const outcome = await attempt.ended;
  // Health checks and reconnections have their own rhythm.
  await sleep(5000);
  const recovered = recovers ? await stack.recover() : undefined;
  const live = (await stack.live()) ?? "none";
  const broken =
    outcome.exitCode === 0 ? await strayings(stage, live) : await takenOver(stage, live);
  if (recovered && recovered.exitCode !== 0)
    broken.push(`recover failed: ${lastWords(recovered.output)}`);
  stack.configure(series[0] as string, `n${title}${share}`);
  const next = await stack.up();
  if (next.exitCode !== 0) broken.push(`the next up failed: ${lastWords(next.output)}`);
  else broken.push(...(await strayingsAfter(stage, live)));
  return {
    ...{ part, title: name, attempt: outcome, from: outcome.from, to: Date.now(), broken },
    ended: live === old ? "old release" : "new release",
    bearable: { are: "requests while it was down" },
  };
}
