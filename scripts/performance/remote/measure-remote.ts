import { dirname } from "node:path";
import type { Report } from "../../progress.ts";
import { cacheRoot } from "../../toolchain/part-cache.ts";
import { type PreparedVps, startPreparedVps } from "../../vps/prepared-vps.ts";
import { root } from "../../workspace.ts";
import { BenchApp, type Version } from "../deploys/bench-app.ts";
import { withPlainApi } from "../deploys/configurations.ts";
import type { Bench, Comparison, Figures } from "../figures.ts";
import { median } from "../timing.ts";
import { type SlowLine, startSlowLine } from "./slow-line.ts";
import { giveImages, StackCopy } from "./stack-copy.ts";

const usualRounds = 5;
const roundTripMilliseconds = 20;

/**
 * `up` over SSH beside the same on the host itself: two servers in containers that are alike, one of which runs the CLI
 * and deploys to itself. The images are there.
 */
export async function compareRemote(bench: Bench, report: Report): Promise<Figures> {
  const { stack, erp, images, directory, rounds = usualRounds } = bench;
  const app = new BenchApp(erp, report);
  const servers: PreparedVps[] = [];
  const copies: StackCopy[] = [];
  let line: SlowLine | undefined;
  try {
    stack.configure(withPlainApi);
    stack.soak(0);
    const versions: Version[] = [await app.build(), await app.build()];
    report.detail("two servers");
    const mounts = [root, dirname(cacheRoot())];
    for (const each of [mounts, []]) servers.push(await startPreparedVps({ mounts: each, report }));
    const [here, there] = servers as [PreparedVps, PreparedVps];
    line = await startSlowLine(there.sshPort, roundTripMilliseconds);
    report.detail("their images");
    const needed = [images.helper, images.traefik, ...versions.map(({ image }) => image)];
    await giveImages(needed, servers, directory);
    const near = new StackCopy("here", stack.environment, here.container);
    const far = new StackCopy("there", stack.environment);
    copies.push(near, far);
    const { privateKey, ...host } = there.host;
    far.configure((config) => {
      const over = config.createNode({ ...host, port: line?.port });
      config.setIn(["config", "slipway:host"], over);
    });
    await far.setSecret("slipway:host.privateKey", privateKey);
    return await compare({ near, far, there, versions, rounds }, report);
  } finally {
    line?.stop();
    for (const each of copies) each.remove();
    for (const each of servers) await each.stop();
    stack.restoreConfiguration();
    await app.remove();
  }
}

interface Sides {
  near: StackCopy;
  far: StackCopy;
  there: PreparedVps;
  versions: Version[];
  rounds: number;
}

async function compare(
  { near, far, there, versions, rounds }: Sides,
  report: Report,
): Promise<Figures> {
  const measure = "the same on the host itself";
  const noOp: Comparison = {
    ...{ what: "`pulumi up` without a change, over SSH", slipway: [] },
    ...{ measure, plain: [], atMost: 1.5 },
  };
  const deploy: Comparison = {
    ...{ what: "`pulumi up` to a new version, over SSH: one service", slipway: [] },
    ...{ measure, plain: [], atMost: 2 },
  };
  const connections = { noOp: [] as number[], deploy: [] as number[] };
  const counted = async (into: number[], action: () => Promise<number>) => {
    // Nothing is to be open from the time before.
    await there.cut();
    const before = await there.accepted();
    const seconds = await action();
    into.push((await there.accepted()) - before);
    return seconds;
  };
  // The first round is not counted: it deploys for the first time, and fills caches.
  for (let round = 0; round <= rounds; round++) {
    report.detail(round === 0 ? "first deploys" : `round ${round} of ${rounds}`);
    const { image } = versions[round % 2] as Version;
    for (const each of [near, far])
      each.configure((config) => config.setIn(["config", "slipway:app", "image"], image));
    const times = [
      await near.up(),
      await counted(connections.deploy, () => far.up()),
      await near.up("--expect-no-changes"),
      await counted(connections.noOp, () => far.up("--expect-no-changes")),
    ] as const;
    if (round === 0) continue;
    deploy.plain.push(times[0]);
    deploy.slipway.push(times[1]);
    noOp.plain.push(times[2]);
    noOp.slipway.push(times[3]);
  }
  const usual = (counts: number[]) => median(counts.slice(1));
  const docker = await there.run("docker", "version", "--format", "{{.Server.Version}}");
  return {
    comparisons: [noOp, deploy],
    notes: [
      `Connections of SSH that an \`up\` opens: ${usual(connections.noOp)} without a change, ${usual(connections.deploy)} to a new version. A round trip takes ${roundTripMilliseconds} ms, and the servers have Docker ${docker}.`,
    ],
  };
}
