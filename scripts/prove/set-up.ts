import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureDocker } from "../ensure-docker.ts";
import { ensurePrograms } from "../ensure-programs.ts";
import { buildApp } from "../images/build-app.ts";
import { type Images, resolveImages } from "../images/resolve-images.ts";
import type { Report } from "../progress.ts";
import { ensureProgram, ensureToolchain } from "../toolchain/ensure-toolchain.ts";
import { k6 } from "../toolchain/versions.ts";
import { localStack, root, stackFiles } from "../workspace.ts";
import { ProofImages } from "./proof-images.ts";
import { type DeploySeconds, ProofStack } from "./proof-stack.ts";
import { BeatStarts } from "./ticks.ts";
import { Traffic } from "./traffic.ts";

/** Images that the engine has already, by id. */
export interface PresentImages {
  app: string;
  servers: Images;
}

/** What is there when the load is on, as far as it was made. */
export interface Made {
  stack?: ProofStack;
  images?: ProofImages;
  traffic?: Traffic;
  starts?: BeatStarts;
}

/** How long things take that may be short in a test. */
export interface Pace {
  requestsPerSecond: number;
  /** Load without a deploy, to compare with. */
  quietSeconds: number;
  deploy: DeploySeconds;
}

/** The images of the stack; they are made where the engine lacks them. */
export async function findImages(report: Report): Promise<PresentImages> {
  const servers = await resolveImages(report);
  return { servers, app: await buildApp(join(root, "examples/erp"), servers.python, report) };
}

/** Deploys a stack and puts load on it; tells in `made` at each step what there is to clean up. */
export async function setUp(
  made: Made,
  directory: string,
  { signal, pace, present }: { signal: AbortSignal; pace: Pace; present?: PresentImages },
  report: Report,
): Promise<void> {
  await ensureDocker(report);
  await ensurePrograms(["curl"], report);
  const toolchain = await ensureToolchain(report);
  const program = await ensureProgram(k6, report);
  const { app, servers } = present ?? (await findImages(report));
  const images = new ProofImages(app, report);
  made.images = images;
  const stack = new ProofStack(toolchain, signal);
  made.stack = stack;
  await stack.make(toolchain, servers, app, pace.deploy);
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
