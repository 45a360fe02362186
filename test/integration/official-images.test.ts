import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { type ImageName, localImages, officialTags } from "../../scripts/images/official-images.ts";
import { type Images, resolveImages } from "../../scripts/images/resolve-images.ts";
import { standInTag } from "../../scripts/images/stand-ins.ts";
import { type Registry, startRegistry } from "../registry.ts";
import { removeImages, smallImage } from "../small-image.ts";
import { docker } from "../throw-away.ts";

const root = join(import.meta.dirname, "../..");
const names = Object.keys(officialTags) as ImageName[];
const notes: string[] = [];
const report = { detail: () => {}, note: (line: string) => notes.push(line) };

let registry: Registry;
let helper: string;
/** What the registry has under the official names and tags; small, since nothing runs them here. */
const pushed = {} as Images;

beforeAll(async () => {
  registry = await startRegistry();
  ({ helper } = await resolveImages(report));
  for (const name of names) pushed[name] = await push(name, officialTags[name]);
});

afterAll(async () => {
  await removeImages(...names.map((name) => `${registry.address}/${officialTags[name]}`));
  await removeImages(...Object.values(pushed));
  await registry.stop();
});

afterEach(() => {
  vi.unstubAllEnvs();
  notes.length = 0;
});

async function push(name: ImageName, tag: string): Promise<string> {
  const image = await smallImage(helper, name);
  const reference = await registry.push(image, tag);
  await removeImages(image);
  return reference;
}

function askTheRegistry(): void {
  vi.stubEnv("SLIPWAY_REGISTRY", registry.address);
  vi.stubEnv("DOCKER_CONFIG", registry.clientDirectory);
}

test("the images of a registry that answers are pulled, and preferred to stand-ins", async () => {
  askTheRegistry();
  expect(await resolveImages(report, { refresh: true })).toEqual(pushed);
  expect(notes).toEqual([]);
  for (const image of Object.values(pushed)) await docker("image", "inspect", image);
  // Without a login nobody can be asked: what the engine has stands.
  vi.stubEnv("DOCKER_CONFIG", join(registry.clientDirectory, "nobody"));
  expect(await resolveImages(report)).toEqual(pushed);
  expect(notes).toEqual([]);
});

test("a tag that moved is followed when asked to, and only then", async () => {
  askTheRegistry();
  const before = pushed.redis;
  pushed.redis = await push("redis", "redis:next");
  await registry.move("redis", "next", "8");
  expect(pushed.redis).not.toBe(before);
  expect((await resolveImages(report)).redis).toBe(before);
  expect((await resolveImages(report, { refresh: true })).redis).toBe(pushed.redis);
  expect((await resolveImages(report)).redis).toBe(pushed.redis);
  await removeImages(before);
});

test("npm run images writes the digests of that registry, and nothing where it is refused", async () => {
  askTheRegistry();
  const stack = `test-${registry.address.split(":")[1]}`;
  const file = join(root, `Pulumi.${stack}.yaml`);
  const before = "# Staging\nconfig:\n  slipway:images:\n    redis: old # the broker\n";
  writeFileSync(file, before);
  const run = () =>
    execa("node", [join(root, "scripts/pin-images.ts"), "--stack", stack], {
      preferLocal: true,
      localDir: root,
      reject: false,
    });
  try {
    vi.stubEnv("DOCKER_CONFIG", join(registry.clientDirectory, "nobody"));
    const refused = await run();
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(
      /^slipway: 127\.0\.0\.1:\d+\/postgres:17 cannot be pulled: .*credentials; try again/m,
    );
    expect(readFileSync(file, "utf8")).toBe(before);

    askTheRegistry();
    const written = await run();
    expect(written.exitCode, written.stderr).toBe(0);
    const { python: _, ...servers } = pushed;
    expect(parse(readFileSync(file, "utf8")).config["slipway:images"]).toEqual(servers);
    expect(readFileSync(file, "utf8")).toContain("# the broker");
    expect((await run()).stdout).toContain("names the newest images already");
  } finally {
    rmSync(file);
  }
});

test("stand-ins are used within seconds where the registry gives no answer", async (context) => {
  const { ids } = await localImages();
  const standIns = await Promise.all(names.map(async (name) => ids.get(await standInTag(name))));
  // Where the official images were pulled there may be none, and to build them takes minutes.
  if (standIns.includes(undefined)) context.skip("this engine has no stand-ins");
  const sockets: Socket[] = [];
  const silent = createServer((socket) => void sockets.push(socket));
  await once(silent.listen(0, "127.0.0.1"), "listening");
  try {
    const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    vi.stubEnv("SLIPWAY_REGISTRY", address);
    const started = Date.now();
    expect(Object.values(await resolveImages(report, { refresh: true }))).toEqual(standIns);
    const seconds = (Date.now() - started) / 1000;
    console.info(`stand-ins after ${seconds.toFixed(1)} s`);
    expect(seconds).toBeLessThan(6);
    expect(sockets.length).toBeGreaterThan(0);
    expect(notes).toEqual([
      `${address}/busybox:1.37 cannot be pulled (its registry gave no answer within 3 s); using images built from Debian's packages`,
    ]);
  } finally {
    for (const socket of sockets) socket.destroy();
    silent.close();
  }
});
