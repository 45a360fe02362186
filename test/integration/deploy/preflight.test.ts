import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveImages } from "../../../scripts/images/resolve-images.ts";
import { docker } from "../../throw-away.ts";
import { eventually } from "../stack.ts";
import { type Deployments, makeDeployments, type Outcome } from "./deployments.ts";

let tiny: Deployments;
let first: string;

beforeAll(async () => {
  tiny = await makeDeployments();
  first = await tiny.deployWell();
});
afterAll(() => tiny?.stack.takeDown());

async function expectRefusal({ exitCode, all, events }: Outcome, line: RegExp): Promise<void> {
  expect(exitCode).not.toBe(0);
  expect(all).toMatch(new RegExp(`^ *error: ${line.source}; nothing was changed$`, "m"));
  expect(all).not.toContain("creating");
  expect(events.map(({ event }) => event)).toEqual(["refused"]);
  expect(events[0]?.reason).toMatch(line);
  expect(await tiny.containers()).toEqual([first]);
}

describe("a deploy is refused before it changes anything", () => {
  it.each([
    ["spareDiskMegabytes", /the disk of the host has \d+ MB free under \S+, and .*is 1048576; .*/],
    [
      "spareMemoryMegabytes",
      /the host has \d+ MB of memory free, and a second release beside the first needs about [1-9]\d* MB .*/,
    ],
  ])("when the host has less than deploy.%s", async (key, line) => {
    tiny.configure({ [`deploy.${key}`]: 1_048_576 });
    try {
      await expectRefusal(await tiny.deploy(), line);
    } finally {
      tiny.configure({ [`deploy.${key}`]: undefined });
    }
  });

  it("when the edge does not answer", async () => {
    const edge = `slipway-edge-${tiny.stack.name}`;
    const { helper } = await resolveImages({ detail: () => {}, note: console.info });
    await docker("rename", edge, `${edge}-aside`);
    try {
      const check = [
        "--health-cmd",
        "false",
        "--health-interval",
        "100ms",
        "--health-retries",
        "1",
      ];
      const own = ["--name", edge, "--label", `slipway.stack=${tiny.stack.name}`];
      await docker("run", "--detach", "--init", ...own, ...check, helper, "sleep", "600");
      await eventually("it is unhealthy", 20, async () => {
        const health = await docker("inspect", "--format", "{{.State.Health.Status}}", edge);
        return health === "unhealthy" ? true : undefined;
      });
      await expectRefusal(
        await tiny.deploy(),
        new RegExp(
          `the edge ${edge} runs and does not answer; .* npm run logs -- edge --stack ${tiny.stack.name}`,
        ),
      );
    } finally {
      await docker("rm", "--force", edge);
      await docker("rename", `${edge}-aside`, edge);
    }
  });
});

it("what failed before is stopped before a third release starts", async () => {
  const failed = await tiny.deploy({ CRASHES: "yes" });
  expect(failed.exitCode).not.toBe(0);
  const [crashing = ""] = (await tiny.containers()).filter((release) => release !== first);
  const label = ["--filter", `label=slipway.release=${crashing}`];
  const container = await docker("ps", "--all", "--quiet", "--no-trunc", ...label);
  // It comes back by itself, as it does when the engine is started anew.
  await docker("start", container);
  const since = String(Date.now() / 1000);
  const { exitCode, all } = await tiny.deploy();
  expect(exitCode, all).toBe(0);
  const words = ["--since", since, "--until", String(Date.now() / 1000)];
  const filters = ["event=stop", "event=start", `label=slipway.stack=${tiny.stack.name}`];
  const events = await docker(
    ...["events", ...words, ...filters.flatMap((each) => ["--filter", each])],
    ...["--format", '{{.Action}} {{index .Actor.Attributes "slipway.release"}}'],
  );
  const order = events.split("\n");
  expect(order).toContain(`stop ${crashing}`);
  expect(order.indexOf(`stop ${crashing}`)).toBeLessThan(order.indexOf(`start ${tiny.live()}`));
});
