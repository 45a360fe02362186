import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { type PreparedVps, startPreparedVps } from "../../scripts/vps/prepared-vps.ts";
import { removeImages, smallImage } from "../small-image.ts";
import { eventually, type TestStack } from "./stack.ts";
import { makeVpsStack } from "./vps-stack.ts";

let vps: PreparedVps;
let stack: TestStack;
let helper: string;
const images: string[] = [];
/** What the release before and the one to come answer. */
let served: string;
let next: string;

beforeAll(async () => {
  vps = await startPreparedVps();
  helper = (await resolveImages({ detail: () => {}, note: console.info })).helper;
  next = "release 0";
  images.push(await smallImage(helper, next));
  // Two disks that are soon full.
  for (const [place, size] of [
    ["/var/lib/docker", "1500m"],
    ["/var/lib/slipway", "8m"],
  ] as const) {
    if (place === "/var/lib/docker")
      await vps.run("systemctl", "stop", "docker.service", "docker.socket");
    await vps.run("mkdir", "-p", place);
    await vps.run("mount", "-t", "tmpfs", "-o", `size=${size}`, "tmpfs", place);
  }
  await vps.run("systemctl", "start", "docker.service");
  stack = await makeVpsStack(vps, images[0] as string, (config) =>
    config.setIn(["config", "slipway:deploy", "spareDiskMegabytes"], 1),
  );
  await stack.up();
});

afterAll(async () => {
  await stack?.takeDown();
  await vps?.stop();
  await removeImages(...images);
});

/** Another image, which the host does not have. */
async function configureNext(): Promise<void> {
  served = next;
  next = `release ${images.length}`;
  const image = await smallImage(helper, next);
  images.push(image);
  edit("app.image", image);
}

function edit(path: string, value: unknown): void {
  const config = parseDocument(readFileSync(stack.configFile, "utf8"));
  const [first, ...rest] = path.split(".");
  config.setIn(["config", `slipway:${first}`, ...rest], value);
  writeFileSync(stack.configFile, config.toString());
}

/** Until a deploy has printed something, or is over. */
function reaches(deploy: ReturnType<typeof start>, step: RegExp): Promise<void> {
  let printed = "";
  return new Promise<void>((resolve) => {
    deploy.all.on("data", (chunk) => {
      printed += chunk;
      if (step.test(printed)) resolve();
    });
    void deploy.then(() => resolve());
  });
}

const text = async () => (await stack.ask("/")).body.trim();
const start = () => stack.pulumi("up", "--yes", "--skip-preview");
const journal = async () =>
  (await vps.run("cat", `/var/lib/slipway/${stack.name}/journal/log`))
    .split("\n")
    .map((line) => JSON.parse(line));

/** Containers of services on the host that run, by release. */
async function running(): Promise<string[]> {
  const filters = [`label=slipway.stack=${stack.name}`, "label=slipway.role=service"];
  const words = filters.flatMap((each) => ["--filter", each]);
  const format = '{{.Label "slipway.release"}}';
  return (await vps.run("docker", "ps", ...words, "--format", format)).split("\n").filter(Boolean);
}

/** The next `up` needs no hand, and one release serves. */
async function expectNextUp(): Promise<void> {
  const { exitCode, all } = await start();
  expect(exitCode, all).toBe(0);
  expect(await text()).toBe(next);
  expect(await running()).toHaveLength(1);
}

describe("connections that are cut in the middle of a deploy", () => {
  it.each([
    ["the copy of the images", /images-copied updating/],
    ["the release's files", /release-\w+-files creating/],
    ["the making of its container", /web-\w+-1 creating/],
    ["the end of the release before", /guard-\w+ deleting/],
  ])("at %s: it fails, and the next one finishes", async (_, step) => {
    await configureNext();
    const deploy = start();
    await reaches(deploy, step);
    // The step itself connects first.
    for (let times = 0; times < 2; times++) {
      await sleep(200);
      await vps.cut();
    }
    const { exitCode, all } = await deploy;
    expect(exitCode, all).not.toBe(0);
    expect([served, next]).toContain(await text());
    await expectNextUp();
  });

  it("in the middle of the switch: it comes to its end, and the next deploy does not do it again", async () => {
    await configureNext();
    edit("deploy.soakSeconds", 4);
    const before = (await journal()).length;
    const since = async () => (await journal()).slice(before).map(({ event }) => event);
    const deploy = start();
    const reaching = (event: string) =>
      eventually(`it is ${event}`, 90, async () => (await since()).includes(event) || undefined);
    await reaching("switched");
    await vps.cut();
    expect((await deploy).exitCode).not.toBe(0);
    await reaching("live");
    expect(await text()).toBe(next);
    edit("deploy.soakSeconds", 0);
    await expectNextUp();
    expect((await since()).filter((event) => event === "switched")).toHaveLength(1);
  });
});

it("packets that get lost end a deploy within two minutes, and the lease of it as well", async () => {
  await configureNext();
  const deploy = start();
  await reaches(deploy, /images-copied updating/);
  const from = Date.now();
  const bringBack = await vps.silence();
  const { exitCode, all } = await deploy.finally(bringBack);
  expect(exitCode, all).not.toBe(0);
  expect((Date.now() - from) / 1000).toBeLessThan(120);
  expect(all).toMatch(/the lease of \S+ on its host was lost|does not answer to SSH/);
  expect(await text()).toBe(served);
  await eventually("the server gives the lease back", 90, async () => {
    const { exitCode, all } = await start();
    if (exitCode !== 0) expect(all).toMatch(/another deploy of \S+ is at work/);
    return exitCode === 0 ? true : undefined;
  });
  expect(await text()).toBe(next);
  expect(await running()).toHaveLength(1);
});

describe("a disk that is full", () => {
  /** Fills it but for some KB, and returns what makes room again. */
  async function fill(place: string, kilobytes: number): Promise<() => Promise<string>> {
    const filler = `${place}/filler`;
    const script = 'cat /dev/zero >"$1" 2>/dev/null || true; truncate --size "-$2K" "$1"';
    await vps.run("sh", "-c", script, "fill", filler, String(kilobytes));
    return () => vps.run("rm", filler);
  }

  async function expectRefusal(deploy: ReturnType<typeof start>, says: string): Promise<void> {
    const { exitCode, all } = await deploy;
    expect(exitCode, all).not.toBe(0);
    expect(all).toContain(says);
    expect(await text()).toBe(served);
    expect(await running()).toHaveLength(1);
  }

  it("where Docker has its images: they do not come", async () => {
    await configureNext();
    const makeRoom = await fill("/var/lib/docker", 1200);
    await expectRefusal(start(), "the disk of the host is full under /var/lib/docker");
    await makeRoom();
    await expectNextUp();
  });

  it.each([
    ["its files do not come", /images-checked updating/],
    ["nothing is switched", /guard-\w+ creating/],
  ])("where Slipway has its files: %s", async (_, step) => {
    await configureNext();
    const deploy = start();
    await reaches(deploy, step);
    const makeRoom = await fill("/var/lib/slipway", 8);
    await expectRefusal(deploy, "the disk of the host is full under /var/lib/slipway");
    await makeRoom();
    await expectNextUp();
  });
});
