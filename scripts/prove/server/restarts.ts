import { setTimeout as sleep } from "node:timers/promises";
import type { PreparedVps } from "../../vps/prepared-vps.ts";
import { countFailures } from "../exchanges.ts";
import { proveDisturbance } from "../restarts.ts";
import { type Stage, strayings } from "../trial.ts";

/** How long after it everything may take to be back. */
const backSeconds = 120;

/** Restarts and kills Docker in the middle of a deploy, early and late. Containers live on, which resolve names by it. */
export async function proveEngine(stage: Stage, { run }: PreparedVps): Promise<void> {
  const ways: Record<string, string[]> = {
    "Docker restarted": ["restart"],
    "Docker killed": ["kill", "--signal=KILL"],
  };
  for (const [title, words] of Object.entries(ways))
    for (const share of [0.35, 0.75])
      stage.keep(
        await proveDisturbance(stage, "engine", title, share, async () => {
          await run("systemctl", ...words, "docker.service");
        }),
      );
}

/** Turns the server off and on again, without a deploy and in the middle of one. */
export async function proveReboots(stage: Stage, server: PreparedVps): Promise<void> {
  const { stack } = stage;
  const live = (await stack.live()) ?? "none";
  const from = Date.now();
  // What takes its time and is cut off has begun by then.
  await sleep(1000);
  await server.reboot();
  const broken = await untilBack(stage, live);
  const to = Date.now();
  const title = `off and on again, all back after ${Math.round((to - from) / 1000)} s`;
  stage.keep({
    ...{ part: "reboots", title, ended: "same release", broken, from, to, attempt: { from, to } },
    bearable: { are: "requests while it was down" },
  });
  for (const share of [0.35, 0.75]) {
    const reboot = async () => {
      await server.reboot();
      await untilAsked(stage);
    };
    stage.keep(
      await proveDisturbance(stage, "reboots", "off and on again", share, reboot, {
        recovers: true,
      }),
    );
  }
}

/** How the environment still falls short of serving by itself. */
async function untilBack(stage: Stage, live: string): Promise<string[]> {
  await untilAsked(stage);
  const deadline = Date.now() + backSeconds * 1000;
  for (;;) {
    const since = Date.now();
    const broken = await strayings(stage, live);
    // The edge names the release on its own errors as well.
    const recent = stage.traffic.read().filter(({ at }) => at >= since);
    const failures = Object.entries(countFailures(recent));
    broken.push(...failures.map(([kind, count]) => `${count} requests failed (${kind})`));
    if (broken.length === 0 || Date.now() > deadline) return broken;
    await sleep(1000);
  }
}

/** Until the server's engine answers over SSH. */
async function untilAsked({ stack }: Stage): Promise<void> {
  const deadline = Date.now() + backSeconds * 1000;
  for (;;) {
    try {
      await stack.containers();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(1000);
    }
  }
}
