import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Proof } from "../../scripts/prove/prove.ts";
import type { Part } from "../../scripts/prove/trial.ts";

// A short form of `npm run prove`: some of each, on one stack under a third of the load.
const parts: Part[] = ["deploys", "faults", "kills", "collisions"];
const faults = ["image missing", "crash at start", "smoke answers 500"];
const requestsPerSecond = 30;
const pace = { requestsPerSecond, quietSeconds: 2, deploy: { soakSeconds: 2, drainSeconds: 1 } };
let proof: Proof;
let problems: string[];

const trialsOf = (part: Part) => proof.trials.filter((trial) => trial.part === part);

beforeAll(async () => {
  process.env.SLIPWAY_LOCAL_STACK = `proof-${randomBytes(3).toString("hex")}`;
  // Modules read the stack's name once.
  vi.resetModules();
  const { faultyDeploys } = await import("../../scripts/prove/faults.ts");
  const { allCollisions } = await import("../../scripts/prove/collisions.ts");
  const { prove } = await import("../../scripts/prove/prove.ts");
  const { scenariosOf } = await import("../../scripts/prove/scenarios.ts");
  const { problemsOf } = await import("../../scripts/prove/verdict.ts");
  const faulty = faultyDeploys.filter(({ title }) => faults.includes(title));
  expect(faulty).toHaveLength(faults.length);
  const collisions = allCollisions.filter(({ hasOwnState }) => hasOwnState);
  const seed = Date.now() % 1_000_000;
  const extent = { parts, deploys: 2, kills: 2, faulty, collisions, seed };
  console.info(`the kills' seed is ${seed}`);
  proof = await prove(scenariosOf(extent), { seed, pace });
  problems = problemsOf(proof);
});

describe("deploys under load", () => {
  it("keep every promise", () => {
    expect(problems).toEqual([]);
  });

  it("were all tried", () => {
    expect(trialsOf("deploys")).toHaveLength(2);
    expect(trialsOf("faults").map(({ title }) => title)).toEqual(faults);
    const [timed, kill] = ["how long a deploy takes", expect.stringMatching(/^kill -9 after/)];
    expect(trialsOf("kills").map(({ title }) => title)).toEqual([timed, timed, kill, kill]);
    expect(trialsOf("collisions")).toHaveLength(1);
  });

  it("had load on them all the time", () => {
    for (const { title, from, to } of proof.trials) {
      const seen = proof.exchanges.filter(({ at }) => at >= from && at < to);
      expect(seen.length / ((to - from) / 1000), title).toBeGreaterThan(requestsPerSecond / 2);
    }
  });

  it("bring the new release, and failed ones leave the old one", () => {
    expect(trialsOf("deploys").map(({ ended }) => ended)).toEqual(["new release", "new release"]);
    expect(new Set(trialsOf("faults").map(({ ended }) => ended))).toEqual(new Set(["old release"]));
  });
});
