import { setTimeout as sleep } from "node:timers/promises";
import type { PreparedVps } from "../../vps/prepared-vps.ts";
import { lastWords } from "../last-words.ts";
import type { ProofStack } from "../proof-stack.ts";
import { type Stage, strayings, timeDeploy } from "../trial.ts";

/** What becomes of the connections between who deploys and the server; returns what brings them back. */
interface Disturbance {
  title: string;
  disturb(server: PreparedVps): Promise<() => Promise<void>>;
}

const nothing = async () => {};
const shortSeconds = 8;

const disturbances: Disturbance[] = [
  {
    title: "connections cut",
    async disturb(server) {
      await server.cut();
      return nothing;
    },
  },
  {
    title: `packets lost for ${shortSeconds} s`,
    async disturb(server) {
      const end = await server.silence();
      await sleep(shortSeconds * 1000);
      await end();
      return nothing;
    },
  },
  { title: "packets lost from then on", disturb: (server) => server.silence() },
];

/** What ends by itself does so no later. */
const boundSeconds = 120;
/** As long may the server hold on to the lease of a deploy that it hears no more of. */
const leaseSeconds = 90;

/** Disturbs connections at moments that are spread over a deploy; the next `up` has to bring the new release without a hand. */
export async function proveConnections(
  stage: Stage,
  server: PreparedVps,
  count: number,
): Promise<void> {
  const { stack, images, random, report } = stage;
  const series = [await images.make("none", "1"), await images.make("none", "2")];
  stack.configure(series[1] as string, "n");
  report.detail("how long a deploy takes");
  const milliseconds = await timeDeploy(stage, "connections");
  for (let number = 1; number <= count; number++) {
    stage.goOn();
    const after = ((number - 1 + random()) / count) * milliseconds;
    const { title, disturb } = disturbances[(number - 1) % disturbances.length] as Disturbance;
    const name = `${title} after ${(after / 1000).toFixed(1)} s`;
    report.detail(`${name} (${number} of ${count})`);
    const old = (await stack.live()) ?? "none";
    stack.configure(series[number % 2] as string, `n${number}`);
    const attempt = stack.startUp();
    await Promise.race([attempt.ended, sleep(after)]);
    const bringBack = await disturb(server);
    const outcome = await attempt.ended;
    await bringBack();
    const broken: string[] = [];
    const lasted = outcome.to - outcome.from - after;
    if (lasted > boundSeconds * 1000)
      broken.push(`it took ${Math.round(lasted / 1000)} s to end after that`);
    if (outcome.exitCode !== 0 && !/lease|SSH/.test(outcome.output))
      broken.push(`what it said does not tell why: ${lastWords(outcome.output)}`);
    const refusal = await upAtLast(stack);
    const live = (await stack.live()) ?? "none";
    if (refusal) broken.push(`the next up failed: ${refusal}`);
    else broken.push(...(await strayings(stage, live)));
    if (live === old) broken.push("the new release does not serve after the next up");
    const ended = outcome.exitCode === 0 ? "new release" : "failed, then new release";
    stage.keep({
      ...{ part: "connections", title: name, attempt: outcome, ended, broken },
      ...{ from: outcome.from, to: Date.now() },
    });
  }
}

/** Tries until the server has given up the lease of the deploy before. Returns why not. */
async function upAtLast(stack: ProofStack): Promise<string | undefined> {
  const deadline = Date.now() + leaseSeconds * 1000;
  for (;;) {
    const { exitCode, output } = await stack.up();
    if (exitCode === 0) return undefined;
    if (!/another deploy/.test(output) || Date.now() > deadline) return lastWords(output);
    await sleep(5000);
  }
}
