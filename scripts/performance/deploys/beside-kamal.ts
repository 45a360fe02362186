import type { Report } from "../../progress.ts";
import { ensureProgram } from "../../toolchain/ensure-toolchain.ts";
import { kamalProxy } from "../../toolchain/versions.ts";
import type { Bench, Figures } from "../figures.ts";
import type { Seconds } from "../timing.ts";
import type { BenchApp } from "./bench-app.ts";
import { plainApp } from "./configurations.ts";
import { deployVersion, requireAnswers } from "./deploy-version.ts";
import { KamalProxy } from "./kamal-proxy.ts";
import { watch, whollyWith } from "./traffic.ts";

const usualRounds = 5;

/** Traffic on a new version by `pulumi up` and by kamal-proxy, in turns. The stack serves a version of `app`. */
export async function compareWithKamal(
  { stack, images, directory, signal, rounds = usualRounds }: Bench,
  app: BenchApp,
  report: Report,
): Promise<Figures> {
  const proxy = new KamalProxy(plainApp, signal);
  const [slipway, plain]: [Seconds, Seconds] = [[], []];
  let requests = 0;
  try {
    const program = await ensureProgram(kamalProxy, report);
    await proxy.start(program, images.helper, directory);
    const first = await app.build();
    await proxy.deploy(first.version, first.image);
    for (let round = 1; round <= rounds; round++) {
      const next = await app.build();
      report.detail(`round ${round} of ${rounds}: pulumi up`);
      const deployed = await deployVersion(stack, next);
      slipway.push(deployed.traffic);

      report.detail(`round ${round} of ${rounds}: kamal-proxy deploy`);
      const watched = await watch(`${proxy.url}/healthz/live`, stack.authority, () =>
        proxy.deploy(next.version, next.image),
      );
      requireAnswers("kamal-proxy deploy", watched);
      plain.push((whollyWith(next.version, watched.answers) - watched.result) / 1000);
      requests += deployed.requests + watched.answers.length;
    }
  } finally {
    await proxy.remove();
  }
  const what = "from a new container's start until all traffic is on it";
  const measure = `kamal-proxy ${kamalProxy.version}, the same image`;
  return {
    comparisons: [{ what, slipway, measure, plain, atMost: 1 }],
    notes: [`${requests} requests were asked meanwhile, none failed.`],
  };
}
