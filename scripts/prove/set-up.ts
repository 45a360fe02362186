import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureDocker } from "../ensure-docker.ts";
import { ensurePrograms } from "../ensure-programs.ts";
import { buildApp } from "../images/build-app.ts";
import { resolveImages } from "../images/resolve-images.ts";
import type { Report } from "../progress.ts";
import { ensureProgram, ensureToolchain } from "../toolchain/ensure-toolchain.ts";
import { k6 } from "../toolchain/versions.ts";
import { type PreparedVps, startPreparedVps } from "../vps/prepared-vps.ts";
import { localStack, root, stackFiles } from "../workspace.ts";
import { ProofImages } from "./proof-images.ts";
import { type DeploySeconds, ProofStack } from "./proof-stack.ts";
import { BeatStarts } from "./ticks.ts";
import { Traffic } from "./traffic.ts";

/** What is there when the load is on, as far as it was made. */
export interface Made {
  stack?: ProofStack;
  images?: ProofImages;
  traffic?: Traffic;
  starts?: BeatStarts;
  server?: PreparedVps;
}

/** When all of it is there; the server only where there is to be one. */
export type Ready = Required<Omit<Made, "server">> & Pick<Made, "server">;

/** How long things take that may be short in a test. */
export interface Pace {
  requestsPerSecond: number;
  /** Load without a deploy, to compare with. */
  quietSeconds: number;
  deploy: DeploySeconds;
}

/** Deploys a stack and puts load on it; tells in `made` at each step what there is to clean up. */
export async function setUp(
  made: Made,
  directory: string,
  { signal, pace, hasServer }: { signal: AbortSignal; pace: Pace; hasServer: boolean },
  report: Report,
): Promise<void> {
  await ensureDocker(report);
  await ensurePrograms(["curl"], report);
  const toolchain = await ensureToolchain(report);
  const program = await ensureProgram(k6, report);
  const servers = await resolveImages(report);
  const app = await buildApp(join(root, "examples/erp"), servers.python, report);
  const images = new ProofImages(app, report);
  made.images = images;
  const stack = new ProofStack(toolchain, signal);
  made.stack = stack;
  await stack.make(toolchain, servers, app, pace.deploy);
  if (hasServer) {
    report.detail("a server");
    made.server = await startPreparedVps({ report });
    await stack.moveTo(made.server);
  }
  stack.configure(await images.make("none", "1"), "1");
  report.detail("pulumi up");
  await stack.mustUp();
  const { authorityFile } = stackFiles(localStack);
  const { httpsPort } = stack;
  const { requestsPerSecond } = pace;
  const args = { k6: program, httpsPort, requestsPerSecond, authorityFile, directory };
  made.traffic = await Traffic.start(args);
  made.starts = new BeatStarts();
  await sleep(pace.quietSeconds * 1000);
}
