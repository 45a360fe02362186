import { randomBytes } from "node:crypto";
import { expect, it, vi } from "vitest";
import type { Part } from "../../scripts/prove/trial.ts";

/** A short form of `npm run prove -- --vps`: of what only a server has the least. */
it("a deploy whose connections are cut keeps every promise, under load and on a server", async () => {
  process.env.SLIPWAY_LOCAL_STACK = `proof-${randomBytes(3).toString("hex")}`;
  // Modules read the stack's name once.
  vi.resetModules();
  const { prove } = await import("../../scripts/prove/prove.ts");
  const { scenariosOf } = await import("../../scripts/prove/scenarios.ts");
  const { problemsOf } = await import("../../scripts/prove/verdict.ts");
  const parts: Part[] = ["connections"];
  const seed = Date.now() % 1_000_000;
  console.info(`the seed of the moment is ${seed}`);
  const deploy = { soakSeconds: 1, drainSeconds: 1 };
  const pace = { requestsPerSecond: 20, quietSeconds: 1, deploy };
  const scenarios = scenariosOf({ parts, deploys: 0, kills: 2, seed });
  const proof = await prove(scenarios, { seed, pace, hasServer: true });
  expect(problemsOf(proof)).toEqual([]);
  expect(proof.trials.map(({ title }) => title)).toEqual([
    "how long a deploy takes",
    expect.stringMatching(/^connections cut after/),
  ]);
});
