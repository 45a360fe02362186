import { Agent, request } from "node:https";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Document } from "yaml";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { removeImages, smallImage } from "../small-image.ts";
import { docker } from "../throw-away.ts";
import { eventually, type TestStack } from "./stack.ts";
import { makeTinyStack } from "./tiny-stack.ts";

const host = { owner: "owner.localhost", sharer: "sharer.localhost" };
let owner: TestStack;
let sharer: TestStack;
let edge: string;
let helper: string;
let images: string[];

beforeAll(async () => {
  ({ helper } = await resolveImages({ detail: () => {}, note: console.info }));
  const texts = ["of the owner", "of the sharer", "newer", "newest"];
  images = await Promise.all(texts.map((text) => smallImage(helper, text)));
  const [ownImage, sharingImage] = images as [string, string];
  const publish = (config: Document, name: string) =>
    config.setIn(["config", "slipway:services", "web", "hosts"], [name]);
  owner = await makeTinyStack(ownImage, (config) => publish(config, host.owner));
  edge = `slipway-edge-${owner.name}`;
  sharer = await makeTinyStack(sharingImage, (config) => {
    const { httpsPort } = owner;
    const shared = { mode: "shared", name: `edge-${owner.name}`, httpsPort };
    config.setIn(["config", "slipway:edge"], { ...shared, certificates: "provided" });
    publish(config, host.sharer);
  });
  sharer.httpsPort = owner.httpsPort;
  await owner.up();
  await sharer.up();
});

afterAll(async () => {
  await sharer?.takeDown();
  await owner?.takeDown();
  await removeImages(...images);
});

const containerOfEdge = () => docker("inspect", "--format", "{{.Id}}", edge);
const bothAnswer = async () => {
  for (const [stack, name] of [
    [owner, host.owner],
    [sharer, host.sharer],
  ] as const)
    await eventually(`${name} answers`, 10, async () => {
      const answer = await stack.ask("/", { host: name }).catch(() => undefined);
      return answer?.status === 200 || undefined;
    });
};

/** Asks forty times a second, on a connection for each question or on some that stay. */
function askAllTheTime(keepAlive: boolean) {
  const agent = new Agent({ keepAlive, maxSockets: 32, rejectUnauthorized: false });
  const answers: { seconds: number; status: number; problem?: string }[] = [];
  const clock = setInterval(() => {
    const from = performance.now();
    const note = (status: number, problem?: string) =>
      answers.push({
        seconds: (performance.now() - from) / 1000,
        status,
        ...(problem && { problem }),
      });
    const { httpsPort: port } = owner;
    request({
      agent,
      host: "127.0.0.1",
      port,
      servername: host.sharer,
      headers: { host: host.sharer },
    })
      .on("response", (response) =>
        response.resume().on("end", () => note(response.statusCode ?? 0)),
      )
      .on("error", (error) => note(0, error.message))
      .end();
  }, 25);
  return () => {
    clearInterval(clock);
    agent.destroy();
    return answers;
  };
}

it("a new edge takes the place of the one before while nobody is refused", async () => {
  const before = await containerOfEdge();
  const stops = [askAllTheTime(false), askAllTheTime(true)];
  await owner.pulumi("config", "set", "--path", "slipway:edge.memoryMegabytes", "300");
  await owner.up();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  for (const stop of stops) {
    const answers = stop();
    const failed = answers.filter(({ status }) => status !== 200);
    const slowest = Math.max(...answers.map(({ seconds }) => seconds));
    console.info(
      `${answers.length} answers, slowest ${slowest.toFixed(2)} s`,
      failed.slice(0, 5),
      failed.length,
    );
    expect(failed).toEqual([]);
  }
  expect(await containerOfEdge()).not.toBe(before);
  await bothAnswer();
  await owner.up("--refresh", "--expect-no-changes");
});
