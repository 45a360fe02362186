import { afterAll, beforeAll, expect, it } from "vitest";
import type { Document } from "yaml";
import { freePort } from "../../scripts/free-port.ts";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { removeImages, smallImage } from "../small-image.ts";
import { docker } from "../throw-away.ts";
import { eventually, type TestStack } from "./stack.ts";
import { makeTinyStack } from "./tiny-stack.ts";

/** The certificates of both hold for `localhost`. */
const host = { owner: "owner.localhost", sharer: "sharer.localhost" };
let owner: TestStack;
let sharer: TestStack;
let edge: string;
let helper: string;
let images: string[];

beforeAll(async () => {
  ({ helper } = await resolveImages({ detail: () => {}, note: console.info }));
  images = await Promise.all(
    ["of the owner", "of the sharer", "newer"].map((text) => smallImage(helper, text)),
  );
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
const network = () => `slipway-${sharer.name}-edge`;

async function expectBothToAnswer(): Promise<void> {
  for (const [stack, name, text] of [
    [owner, host.owner, "of the owner"],
    [sharer, host.sharer, "of the sharer"],
  ] as const) {
    await eventually(`${name} answers`, 10, async () => {
      const answer = await stack.ask("/", { host: name }).catch(() => undefined);
      return answer?.status === 200 && answer.body.trim() === text ? true : undefined;
    });
  }
}

/** What lies in the directory of the edge that is called after a stack. */
async function filesOf(stack: string): Promise<string[]> {
  const list = 'cd "$0" 2>/dev/null && find . -type f | cut -c 3- || true';
  const directory = `/slipway/edges/edge-${stack}`;
  const words = ["run", "--rm", "--network", "none", "--volume", "/var/lib/slipway:/slipway:ro"];
  const output = await docker(...words, helper, "sh", "-c", list, directory);
  return output.split("\n").filter(Boolean);
}

async function set(stack: TestStack, edge: Record<string, unknown>): Promise<void> {
  const words = Object.entries(edge).flatMap(([key, value]) => [
    "--plaintext",
    `slipway:edge.${key}=${value}`,
  ]);
  const { exitCode, all } = await stack.pulumi("config", "set-all", "--path", ...words);
  expect(exitCode, all).toBe(0);
}

it("answers for both stacks", expectBothToAnswer);

it("answers for both when the owner's deploy replaced it", async () => {
  const before = await containerOfEdge();
  await set(owner, { httpPort: await freePort() });
  await owner.up();
  expect(await containerOfEdge()).not.toBe(before);
  await expectBothToAnswer();
});

it("answers for both when it was removed and the owner made it again", async () => {
  await docker("rm", "--force", edge);
  await owner.up("--refresh");
  await expectBothToAnswer();
});

it("neither goes nor gets another name while another stack is reached by it", async () => {
  const refusal = `the edge edge-${owner.name} is also that of ${sharer.name}`;
  const destroyed = await owner.pulumi("destroy", "--yes", "--skip-preview");
  expect(destroyed.exitCode).not.toBe(0);
  expect(destroyed.all).toContain(refusal);
  await expectBothToAnswer();
  await set(owner, { name: `edge-${owner.name}-2` });
  const renamed = await owner.pulumi("up", "--yes", "--skip-preview");
  expect(renamed.exitCode).not.toBe(0);
  expect(renamed.all).toContain(refusal);
  await expectBothToAnswer();
  await set(owner, { name: `edge-${owner.name}` });
  await owner.up();
});

it("is put on the network of a release that is to serve, if it is not there", async () => {
  await docker("network", "disconnect", network(), edge);
  await sharer.pulumi("config", "set", "--path", "slipway:app.image", images[2] as string);
  await sharer.up();
  expect((await sharer.ask("/", { host: host.sharer })).body.trim()).toBe("newer");
});

it("keeps nothing of a stack that is reached by another edge now", async () => {
  expect(await filesOf(owner.name)).toContain(`dynamic/${sharer.name}.yml`);
  const own = `edge-${sharer.name}`;
  sharer.httpsPort = await freePort();
  const ports = { httpPort: await freePort(), httpsPort: sharer.httpsPort };
  await set(sharer, { mode: "own", name: own, address: "127.0.0.1", ...ports });
  await sharer.up();
  expect((await sharer.ask("/", { host: host.sharer })).status).toBe(200);
  expect((await filesOf(owner.name)).join()).not.toContain(sharer.name);
  expect(await filesOf(sharer.name)).toContain(`certificates/${sharer.name}/key.pem`);
  expect(await docker("network", "inspect", network())).not.toContain(await containerOfEdge());
  await sharer.up("--expect-no-changes");
});

it("that gets another name leaves no directory and no container of the old one", async () => {
  await set(owner, { name: `edge-${owner.name}-2` });
  await owner.up();
  expect((await owner.ask("/", { host: host.owner })).status).toBe(200);
  expect(await filesOf(owner.name)).toEqual([]);
  const names = await docker("ps", "--all", "--format", "{{.Names}}");
  expect(names.split("\n")).not.toContain(edge);
});
