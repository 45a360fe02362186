import { setTimeout as sleep } from "node:timers/promises";
import type { PreparedVps } from "../../vps/prepared-vps.ts";
import { lastWords } from "../last-words.ts";
import { type Stage, strayings, strayingsAfter, takenOver, timeDeploy } from "../trial.ts";

const place = "/var/lib/slipway";
const filler = `${place}/filler`;

/**
 * Lets the disk of Slipway's files get full in the middle of a deploy, at three moments. For that they come to a small
 * one, which every container has to be started again for. It does not outlive the server's next start.
 */
export async function proveFullDisk(stage: Stage, { run }: PreparedVps): Promise<void> {
  const { stack, images, report } = stage;
  const live = (await stack.live()) ?? "none";
  const from = Date.now();
  // What takes its time and is cut off has begun by then.
  await sleep(1000);
  const script = `mount -t tmpfs -o size=64m tmpfs /mnt && cp -a ${place}/. /mnt/ &&
    mount --bind /mnt ${place} && docker restart $(docker ps --quiet) >/dev/null`;
  await run("sh", "-euc", script);
  await sleep(15_000);
  const moved = { from, to: Date.now() };
  stage.keep({
    ...{ part: "disk", title: "its files come to a small disk", ended: "same release", ...moved },
    ...{ attempt: moved, broken: await strayings(stage, live) },
    bearable: { are: "requests while all was started again" },
  });
  const series = [await images.make("none", "1"), await images.make("none", "2")];
  // A disk that is small has not the room that a deploy wants to see before it begins.
  stack.spareDisk(1);
  for (const share of [0.2, 0.5, 0.7]) {
    stage.goOn();
    stack.configure(series[0] as string, `p${share}`);
    report.detail("how long a deploy takes");
    const after = (await timeDeploy(stage, "disk")) * share;
    const title = `full after ${(after / 1000).toFixed(1)} s`;
    report.detail(title);
    const old = (await stack.live()) ?? "none";
    stack.configure(series[1] as string, `q${share}`);
    const attempt = stack.startUp();
    await sleep(after);
    await run("sh", "-c", `cat /dev/zero >${filler} 2>/dev/null || true`);
    const outcome = await attempt.ended;
    const served = (await stack.live()) ?? "none";
    const isGood = outcome.exitCode === 0;
    const broken = isGood ? await strayings(stage, served) : await takenOver(stage, served);
    if (!isGood && !/disk of the host|No space left|disk is full/i.test(outcome.output))
      broken.push(`what it said does not tell why: ${lastWords(outcome.output)}`);
    await run("rm", filler);
    stack.configure(series[0] as string, `r${share}`);
    const next = await stack.up();
    if (next.exitCode !== 0) broken.push(`the next up failed: ${lastWords(next.output)}`);
    else broken.push(...(await strayingsAfter(stage, served)));
    stage.keep({
      ...{ part: "disk", title, attempt: outcome, from: outcome.from, to: Date.now(), broken },
      ended: served === old ? "old release" : "new release",
    });
  }
}
