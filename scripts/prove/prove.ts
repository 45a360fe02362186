import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { type Report, runSteps, type Step } from "../progress.ts";
import type { Exchange } from "./exchanges.ts";
import { balance, type Ledger } from "./ledger.ts";
import { type Phases, splitPhases } from "./phases.ts";
import { randomNumbers } from "./random.ts";
import type { Scenario } from "./scenarios.ts";
import { type Made, type Pace, type Ready, setUp } from "./set-up.ts";
import { type Rhythm, readRhythm } from "./ticks.ts";
import type { Summary } from "./traffic.ts";
import type { Trial } from "./trial.ts";

/** As the whole proof goes. */
export const usualPace: Pace = {
  requestsPerSecond: 100,
  quietSeconds: 15,
  deploy: { soakSeconds: 5, drainSeconds: 3 },
};

/** All that was seen. */
export interface Proof {
  trials: Trial[];
  exchanges: Exchange[];
  summary: Summary;
  ledger: Ledger;
  /** Of the deploys in a row. */
  rhythm: Rhythm | undefined;
  phases: Phases;
}

/** Makes a stack, on this machine or on a server of its own, puts load on it, plays the scenarios, counts, and takes the stack down again. */
export async function prove(
  scenarios: Scenario[],
  { seed, pace, hasServer = false }: { seed: number; pace: Pace; hasServer?: boolean },
): Promise<Proof> {
  const interrupt = new AbortController();
  const { signal } = interrupt;
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => interrupt.abort());
  const directory = mkdtempSync(join(tmpdir(), "slipway-proof-"));
  const made: Made = {};
  const trials: Trial[] = [];
  const random = randomNumbers(seed);
  const goOn = () => {
    if (signal.aborted) throw new Failure("interrupted");
  };
  const steps = scenarios.map(
    ({ part, title, run }): Step => ({
      title,
      run: async (report) => {
        const { stack, images, traffic, server } = made as Ready;
        const { requestsPerSecond } = pace;
        const parts = { stack, images, traffic, requestsPerSecond, ...(server && { server }) };
        const keep = (trial: Trial) => {
          trials.push(trial);
          for (const each of trial.broken) report.note(`${trial.title}: ${each}`);
        };
        const from = Date.now();
        try {
          await run({ ...parts, random, report, keep, goOn });
        } catch (error) {
          // The other parts may still tell something.
          if (!(error instanceof Failure) || signal.aborted) throw error;
          const attempt = { from, to: Date.now() };
          const broken = [`it broke off: ${error.message}`];
          keep({
            part,
            title,
            ended: "broke off",
            attempt,
            from: attempt.to,
            to: attempt.to,
            broken,
          });
        }
      },
    }),
  );
  let proof: Proof | undefined;
  try {
    await runSteps("Proving", [
      {
        title: hasServer ? "A stack on a server, under load" : "A stack under load",
        run: (report) => setUp(made, directory, { signal, pace, hasServer }, report),
      },
      ...steps,
      {
        title: "The balance",
        run: async (report) => {
          proof = await conclude(made as Ready, trials, report);
        },
      },
    ]);
    return proof as unknown as Proof;
  } finally {
    made.traffic?.kill();
    made.starts?.stop();
    await runSteps("Cleaning up", [
      {
        title: "What the proof made",
        run: async () => {
          await made.stack?.remove();
          await made.server?.stop();
        },
      },
    ]);
    rmSync(directory, { recursive: true });
  }
}

async function conclude(
  { stack, traffic, starts }: Ready,
  trials: Trial[],
  report: Report,
): Promise<Proof> {
  const summary = await traffic.stop();
  const { exchanges } = traffic;
  report.detail("waiting for the last invoices");
  const ledger = await balance(stack, exchanges);
  starts.stop();
  const deploys = trials.filter(({ part }) => part === "deploys");
  const [first, last] = [deploys.at(0), deploys.at(-1)];
  const rhythm =
    first && last
      ? await readRhythm(stack, starts.starts, { from: first.from, to: last.to })
      : undefined;
  const attempts = deploys.map(({ attempt }) => attempt);
  const phases = splitPhases(await stack.journal(), attempts);
  return { trials, exchanges, summary, ledger, rhythm, phases };
}
