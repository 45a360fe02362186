import { afterAll, beforeAll, expect, it } from "vitest";
import { type Deployments, makeDeployments } from "./deployments.ts";
import { failures, Traffic } from "./traffic.ts";

let tiny: Deployments;

beforeAll(async () => {
  tiny = await makeDeployments((config) =>
    config.setIn(["config", "slipway:services", "web", "probes", "smoke"], ["/smoke"]),
  );
  console.log("made", performance.now());
  const first = await tiny.deploy();
  console.log("first", first.seconds, first.all);
});
afterAll(async () => { console.log("down", performance.now()); await tiny?.stack.takeDown(); console.log("gone", performance.now()); });

it("a release whose smoke test fails answers nobody", async () => {
  const before = tiny.live();
  const traffic = new Traffic(tiny.stack);
  const { exitCode, events, seconds, all } = await tiny.deploy({ SMOKE_STATUS: 500 });
  const requests = await traffic.stop();
  console.log(seconds, all, events, requests.length);
  expect(exitCode).not.toBe(0);
  expect(failures(requests)).toEqual([]);
  expect(new Set(requests.map(({ release }) => release))).toEqual(new Set([before]));
});
