import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { localStack, stackFiles } from "../workspace.ts";
import { lastWords } from "./last-words.ts";
import { type Stage, strayingsAfter } from "./trial.ts";

/** How two deploys meet. */
export interface Collision {
  title: string;
  /** How long the second one waits with its start. */
  secondsLater: number;
  /** Whether the second one is that of somebody with a state of their own. */
  hasOwnState: boolean;
}

export const allCollisions: Collision[] = [
  { title: "two `up` at the same moment", secondsLater: 0, hasOwnState: false },
  { title: "a second `up` after 2 s", secondsLater: 2, hasOwnState: false },
  { title: "a second `up` after 2 s, with another state", secondsLater: 2, hasOwnState: true },
];

/** A refusal takes no longer. */
const fastSeconds = 12;

/** Two deploys at once: one of them refuses at once, the other one and the next one do what they are to do. */
export async function proveCollisions(stage: Stage, collisions = allCollisions): Promise<void> {
  const { stack, images, report } = stage;
  for (const [index, each] of collisions.entries()) {
    stage.goOn();
    report.detail(`${each.title} (${index + 1} of ${collisions.length})`);
    stack.configure(await images.make("none", String((index % 2) + 1)), `c${index}`);
    const old = (await stack.live()) ?? "none";
    const copy = await mkdtemp(join(tmpdir(), "slipway-state-"));
    await cp(stackFiles(localStack).stateDirectory, copy, { recursive: true });
    const first = stack.startUp();
    await sleep(each.secondsLater * 1000);
    const second = stack.startUp(
      each.hasOwnState ? { PULUMI_BACKEND_URL: `file://${copy}?metadata=skip` } : {},
    );
    const outcomes = await Promise.all([first.ended, second.ended]);
    await rm(copy, { recursive: true });
    const good = outcomes.filter(({ exitCode }) => exitCode === 0);
    const refused = outcomes.filter(({ exitCode }) => exitCode !== 0);
    const broken: string[] = [];
    if (good.length > 1) broken.push("both went ahead");
    for (const { from, to, output } of refused) {
      if (to - from > fastSeconds * 1000)
        broken.push(`the refusal took ${((to - from) / 1000).toFixed(1)} s`);
      if (!/lock|lease|another (deploy|update)|at work/i.test(output))
        broken.push(`the refusal does not say why: ${lastWords(output)}`);
    }
    if (good.length === 1) broken.push(...(await strayingsAfter(stage, old)));
    const served = (await stack.live()) ?? "none";
    stack.configure(await images.make("none", String((index % 2) + 1)), `n${index}`);
    const next = await stack.up();
    if (next.exitCode !== 0) broken.push(`the next up failed: ${lastWords(next.output)}`);
    else broken.push(...(await strayingsAfter(stage, served)));
    const from = Math.min(...outcomes.map((outcome) => outcome.from));
    const attempt = { from, to: Math.max(...outcomes.map(({ to }) => to)) };
    const ended = `${good.length} went ahead, ${refused.length} refused`;
    stage.keep({
      part: "collisions",
      title: each.title,
      ended,
      attempt,
      from,
      to: Date.now(),
      broken,
    });
  }
}
