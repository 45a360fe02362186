import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { removeImages, smallImage } from "../small-image.ts";
import { Deployments } from "./deploy/deployments.ts";
import { familyOf, signal } from "./deploy/processes.ts";
import { eventually } from "./stack.ts";
import { makeTinyStack } from "./tiny-stack.ts";

let tiny: Deployments;
const images = { a: "", b: "" };
type Image = keyof typeof images;
/** A configuration as it is committed: it names no image. */
let clean: string;

beforeAll(async () => {
  const { helper } = await resolveImages({ detail: () => {}, note: console.info });
  for (const name of ["a", "b"] as const) images[name] = await smallImage(helper, name);
  const stack = await makeTinyStack(images.a, (config) =>
    config.setIn(["config", "slipway:deploy"], config.createNode({ soakSeconds: 0 })),
  );
  tiny = new Deployments(stack);
  tiny.configure({ "app.image": undefined });
  clean = file();
});

afterAll(async () => {
  await tiny?.stack.takeDown();
  await removeImages(...Object.values(images));
});

const file = () => readFileSync(tiny.stack.configFile, "utf8");

/** The words that have the CLI use a copy of the stack's file with these values, as a job has its checkout. */
function throwAway(values: Record<string, unknown>): string[] {
  const copy = join(tiny.stack.directory, "throw-away.yaml");
  const config = parseDocument(file());
  for (const [key, value] of Object.entries(values))
    config.setIn(["config", ...`slipway:${key}`.split(".")], value);
  writeFileSync(copy, config.toString());
  return ["--config-file", copy];
}

/** As a workflow does it: the image stands in its own checkout alone. */
function deploy(image: Image, values: Record<string, unknown> = {}, ...words: string[]) {
  const configured = throwAway({ "app.image": images[image], ...values });
  return tiny.stack.pulumi("up", "--yes", "--skip-preview", ...configured, ...words);
}

async function deployWell(image: Image): Promise<void> {
  const { exitCode, all } = await deploy(image);
  expect(exitCode, all).toBe(0);
}

async function recorded(): Promise<unknown> {
  const { stdout } = await tiny.stack.pulumi("stack", "output", "images", "--json");
  return JSON.parse(stdout);
}

/** What runs, what the state has of it, and what a deploy of the clean file would do are the same. */
async function expectAgreed(image: Image): Promise<void> {
  expect((await tiny.stack.ask("/")).body.trim()).toBe(image);
  expect(await recorded()).toEqual({ "app.image": images[image] });
  const words = ["preview", "--refresh", "--expect-no-changes"];
  const { exitCode, all } = await tiny.stack.pulumi(...words);
  expect(exitCode, all).toBe(0);
}

it("a first deploy that names no image is refused, with what to type", async () => {
  const { exitCode, all } = await tiny.stack.pulumi("up", "--yes", "--skip-preview");
  expect(exitCode).not.toBe(0);
  expect(all).toMatch(/ {2}slipway:app\.image\n.*found {4}nothing\n.*\n.* config set --path/);
  expect(all).toContain("since none ran before that could stay");
  expect(tiny.journal()).toEqual([]);
});

it("a deploy of settings alone is another release of the image that runs", async () => {
  await deployWell("a");
  await expectAgreed("a");
  const before = tiny.live();
  tiny.configure({ "services.web.settings": { GREETING: "hello" } });
  clean = file();
  await tiny.stack.up();
  expect(tiny.live()).not.toBe(before);
  await expectAgreed("a");
});

it("a rollback by a workflow agrees with the file that names no image", async () => {
  await deployWell("b");
  await expectAgreed("b");
  await deployWell("a");
  await expectAgreed("a");
});

describe("a rollback at a desk", () => {
  const rollBack = () => tiny.stack.script("roll-back.ts", "--yes");

  it("leaves a file that names no image as it was, and agrees with it", async () => {
    await deployWell("b");
    const { exitCode, all } = await rollBack();
    expect(exitCode, all).toBe(0);
    const short = (image: string) => image.slice(7, 19);
    expect(all).toContain(`  app.image  ${short(images.b)} -> ${short(images.a)}\n`);
    expect(all).toMatch(/Release \w+ serves again\.$/m);
    expect(file()).toBe(clean);
    await expectAgreed("a");
  });

  it("changes nothing where it fails", async () => {
    tiny.configure({ "deploy.spareMemoryMegabytes": 1_048_576 });
    const inTheWay = file();
    const { exitCode, all } = await rollBack();
    expect(exitCode).not.toBe(0);
    expect(all).toContain("MB of memory free");
    expect(all).toMatch(/Release \w+ serves on, and the configuration is as it was\.$/m);
    expect(file()).toBe(inTheWay);
    writeFileSync(tiny.stack.configFile, clean);
    await expectAgreed("a");
  });
});

describe("what runs stays what the state has", () => {
  it("after a deploy that failed, which the next one takes away", async () => {
    const { exitCode, all } = await deploy("b", {
      "services.web.probes.readiness": "/missing",
      "services.web.probes.timeoutSeconds": 5,
    });
    expect(exitCode).not.toBe(0);
    expect(all).toContain("was not ready within");
    expect(await recorded()).toEqual({ "app.image": images.a });
    const preview = await tiny.stack.pulumi("preview", "--diff");
    expect(preview.exitCode, preview.all).toBe(0);
    // The other image goes; nothing of it comes.
    expect(preview.all).not.toMatch(/^ *[+~] .*Container/m);
    await tiny.stack.up();
    await expectAgreed("a");
  });

  it("after a deploy that was refused before anything was declared", async () => {
    const { exitCode } = await deploy("b", { "deploy.spareMemoryMegabytes": 1_048_576 });
    expect(exitCode).not.toBe(0);
    await expectAgreed("a");
  });

  it("after a deploy that left the switch out", async () => {
    const { stdout } = await tiny.stack.pulumi("stack", "export");
    const networks = JSON.parse(stdout).deployment.resources.find(({ urn }: { urn: string }) =>
      urn.endsWith("::networks"),
    );
    const { exitCode, all } = await deploy("b", {}, "--target", networks.urn);
    expect(exitCode, all).toBe(0);
    await expectAgreed("a");
  });
});

it("after a kill nobody goes back unasked, and recover tells the state what serves", async () => {
  const configured = throwAway({ "app.image": images.b, "deploy.soakSeconds": 4 });
  const cli = tiny.stack.pulumi("up", "--yes", "--skip-preview", ...configured);
  const last = () => tiny.journal().at(-1)?.event;
  await eventually("it has switched", 60, async () => last() === "handed-over" || undefined);
  signal(familyOf(cli.pid as number), "SIGKILL");
  await cli;
  await eventually("the switch has ended", 60, async () => last() === "live" || undefined);
  await tiny.stack.pulumi("cancel", "--yes");
  expect(await recorded()).toEqual({ "app.image": images.a });

  const { exitCode, all } = await tiny.stack.pulumi("up", "--yes", "--skip-preview");
  expect(exitCode).not.toBe(0);
  expect(all).toMatch(/serves with sha256:\w+ as app\.image, .* npm run recover -- --stack test-/);
  expect((await tiny.stack.ask("/")).body.trim()).toBe("b");

  const recovery = await tiny.stack.script("recover-stack.ts");
  expect(recovery.exitCode, recovery.all).toBe(0);
  expect(recovery.all).toContain("the state has it now that release");
  await tiny.stack.up();
  await expectAgreed("b");
});

it("a file that names an image is what is deployed, and changed by a rollback", async () => {
  tiny.configure({ "app.image": images.a });
  await tiny.stack.up();
  expect((await tiny.stack.ask("/")).body.trim()).toBe("a");
  const { exitCode, all } = await tiny.stack.script("roll-back.ts", "--yes");
  expect(exitCode, all).toBe(0);
  expect(parseDocument(file()).getIn(["config", "slipway:app", "image"])).toBe(images.b);
  writeFileSync(tiny.stack.configFile, clean);
  await expectAgreed("b");
});

it("nothing is left of it after a stack was destroyed", async () => {
  writeFileSync(tiny.stack.configFile, clean);
  const { exitCode, all } = await tiny.stack.pulumi("destroy", "--yes", "--skip-preview");
  expect(exitCode, all).toBe(0);
  const next = await tiny.stack.pulumi("up", "--yes", "--skip-preview");
  expect(next.exitCode).not.toBe(0);
  expect(next.all).toContain("since none ran before that could stay");
});
