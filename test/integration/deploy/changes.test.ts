import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { docker } from "../../throw-away.ts";
import { type Deployments, makeDeployments } from "./deployments.ts";
import { failures, Traffic } from "./traffic.ts";

let tiny: Deployments;

beforeAll(async () => {
  tiny = await makeDeployments((config) => {
    for (const server of ["postgres", "redis"])
      config.setIn(["config", `slipway:${server}`], config.createNode({ mode: "own" }));
    const secrets = config.createNode({
      PLANTED: "at first",
      DATABASE_URL: "{postgres.url}",
      REDIS_URL: "{redis.url}",
    });
    config.setIn(["config", "slipway:secrets"], secrets);
  });
  await tiny.deployWell();
});
afterAll(() => tiny?.stack.takeDown());

/** What the release that serves is told: its environment, and its secrets. */
async function told(): Promise<string> {
  const label = `label=slipway.release=${tiny.live()}`;
  const container = await docker("ps", "--quiet", "--filter", label);
  return docker("exec", container, "sh", "-c", "env | grep -v SLIPWAY; cat /run/secrets/*");
}

describe("is a release like any other, and no request fails meanwhile:", () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    ["a setting", { "services.web.settings.GREETING": "hello" }, /^GREETING=.*$/m],
    [
      "a secret that is rotated",
      { "secrets.PLANTED": `rotated-${randomBytes(4).toString("hex")}` },
      /at first|rotated-\w+/,
    ],
    ["a new password of Postgres", { "postgres.passwordGeneration": 2 }, /app_g\d+/],
    ["one of Redis", { "redis.passwordGeneration": 2 }, /redis:\S+/],
  ])("%s", async (_, change, place) => {
    const old = place.exec(await told())?.[0];
    const before = tiny.live();
    const traffic = new Traffic(tiny.stack);
    tiny.configure(change);
    const { exitCode, all, events } = await tiny.up();
    const requests = await traffic.stop();
    expect(exitCode, all).toBe(0);
    const release = tiny.live();
    expect(release).not.toBe(before);
    expect(events.map(({ event }) => event)).toEqual([
      ...["begun", "proved", "switched", "handed-over", "live", "drained", "retired"],
    ]);
    expect(failures(requests)).toEqual([]);
    expect(new Set(requests.map((each) => each.release))).toEqual(new Set([before, release]));
    expect(await tiny.containers()).toEqual([release]);
    expect(place.exec(await told())?.[0]).toSatisfy((now) => now !== undefined && now !== old);
  });
});
