import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureDocker } from "../ensure-docker.ts";
import { ensurePrograms } from "../ensure-programs.ts";
import { Failure } from "../failure.ts";
import { buildApp } from "../images/build-app.ts";
import { resolveImages } from "../images/resolve-images.ts";
import { type Report, runSteps, type Step } from "../progress.ts";
import { ensureK6Binary, ensureToolchain } from "../toolchain/ensure-toolchain.ts";
import { localStack, root, stackFiles } from "../workspace.ts";
import { proveCollisions } from "./collisions.ts";
import { proveDeploys } from "./deploys.ts";
import type { Exchange } from "./exchanges.ts";
import { type FaultyDeploy, proveFaults } from "./faults.ts";
import { proveKills } from "./kills.ts";
import { balance, type Ledger } from "./ledger.ts";
import { type Phases, splitPhases } from "./phases.ts";
import { ProofImages } from "./proof-images.ts";
import { ProofStack } from "./proof-stack.ts";
import { randomNumbers } from "./random.ts";
import { proveRestarts } from "./restarts.ts";
import { BeatStarts, type Rhythm, readRhythm } from "./ticks.ts";
import { type Summary, Traffic } from "./traffic.ts";
import type { Part, Stage, Trial } from "./trial.ts";

/** What of the proof is done, and how much of it. */
export interface Extent {
  parts: Part[];
  deploys: number;
  kills: number;
  /** Which faulty releases. Defaults to all. */
  faulty?: FaultyDeploy[];
  /** The same seed gives the same moments of kills, as shares of a deploy. */
  seed: number;
}

/** All that was seen. */
export interface Proof {
  extent: Extent;
  trials: Trial[];
  exchanges: Exchange[];
  summary: Summary;
  ledger: Ledger;
  /** Of the deploys in a row. */
  rhythm: Rhythm | undefined;
  phases: Phases;
}

const quietMilliseconds = 15_000;

/** Makes a stack, puts load on it, deploys and breaks things, and takes the stack down again. */
export async function prove(extent: Extent): Promise<Proof> {
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => interrupt.abort());
  const directory = mkdtempSync(join(tmpdir(), "slipway-proof-"));
  const made: { stack?: ProofStack; traffic?: Traffic; starts?: BeatStarts; stage?: Stage } = {};
  const proof = { extent, trials: [] as Trial[] } as Proof;
  const goOn = () => {
    if (interrupt.signal.aborted) throw new Failure("interrupted");
  };

  const prepare = async (report: Report) => {
    await ensureDocker(report);
    await ensurePrograms(["curl"], report);
    const toolchain = await ensureToolchain(report);
    const k6 = await ensureK6Binary(report);
    const servers = await resolveImages(report);
    const app = await buildApp(join(root, "examples/erp"), servers.python, report);
    const images = new ProofImages(app, report);
    const stack = new ProofStack(toolchain, interrupt.signal);
    made.stack = stack;
    await stack.make(toolchain, servers, app);
    stack.configure(await images.make("none", "1"), "1");
    report.detail("pulumi up");
    await stack.mustUp();
    const { httpsPort } = stack;
    const { authorityFile } = stackFiles(localStack);
    const traffic = await Traffic.start({ k6, httpsPort, authorityFile, directory });
    made.traffic = traffic;
    made.starts = new BeatStarts();
    made.stage = { stack, images, traffic, report, goOn, random: randomNumbers(extent.seed) };
    await new Promise((resolve) => setTimeout(resolve, quietMilliseconds));
  };
  const scenarios: Record<Part, [string, (stage: Stage) => Promise<Trial[]>]> = {
    deploys: [`${extent.deploys} deploys in a row`, (stage) => proveDeploys(stage, extent.deploys)],
    faults: ["Releases that must not come to serve", (stage) => proveFaults(stage, extent.faulty)],
    kills: [`${extent.kills} times kill -9`, (stage) => proveKills(stage, extent.kills)],
    collisions: ["Two deploys at once", proveCollisions],
    restarts: ["Servers that restart in the middle", proveRestarts],
    engine: ["A Docker engine that restarts in the middle", async () => []],
  };
  const steps: Step[] = extent.parts.map((part) => ({
    title: scenarios[part][0],
    run: async (report) => {
      const stage = { ...(made.stage as Stage), report };
      const trials = await scenarios[part][1](stage);
      proof.trials.push(...trials);
      for (const { title, broken } of trials)
        for (const each of broken) report.note(`${title}: ${each}`);
    },
  }));
  const conclude = async (report: Report) => {
    const { stack, traffic, starts } = made as Required<typeof made>;
    proof.summary = await traffic.stop();
    proof.exchanges = traffic.exchanges;
    report.detail("waiting for the last invoices");
    proof.ledger = await balance(stack, proof.exchanges);
    starts.stop();
    const deploys = proof.trials.filter(({ part }) => part === "deploys");
    const [first, last] = [deploys.at(0), deploys.at(-1)];
    if (first && last)
      proof.rhythm = await readRhythm(stack, starts.starts, { from: first.from, to: last.to });
    proof.phases = splitPhases(
      await stack.journal(),
      deploys.map(({ attempt }) => attempt),
    );
  };
  try {
    await runSteps("Proving", [
      { title: "A stack under load", run: prepare },
      ...steps,
      { title: "The balance", run: conclude },
    ]);
    return proof;
  } finally {
    made.traffic?.kill();
    made.starts?.stop();
    await runSteps("Cleaning up", [
      { title: "What the proof made", run: async () => made.stack?.remove() },
    ]);
    rmSync(directory, { recursive: true });
  }
}
