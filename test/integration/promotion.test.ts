import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stringify } from "yaml";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { removeImages, smallImage } from "../small-image.ts";
import type { TestStack } from "./stack.ts";
import { makeTinyStack } from "./tiny-stack.ts";

let staging: TestStack;
let production: TestStack;
let file: string;
let images: [string, string];

/** Where production looks for staging's host. */
const placeStaging = (host: object) =>
  writeFileSync(file, stringify({ config: { "slipway:host": host } }));

beforeAll(async () => {
  const { helper } = await resolveImages({ detail: () => {}, note: console.info });
  images = [await smallImage(helper, "tried"), await smallImage(helper, "untried")];
  staging = await makeTinyStack(images[0]);
  file = join(import.meta.dirname, `../../Pulumi.${staging.name}.yaml`);
  placeStaging({});
  production = await makeTinyStack(images[1], (config) => {
    const promotion = { from: staging.name, soakHours: 0 };
    config.setIn(["config", "slipway:promotion"], config.createNode(promotion));
  });
  await staging.up();
});

afterAll(async () => {
  rmSync(file, { force: true });
  for (const stack of [production, staging]) await stack?.takeDown();
  await removeImages(...images);
});

const set = (key: string, value: string) =>
  production.pulumi("config", "set", "--path", `slipway:${key}`, value);
const deploy = () => production.pulumi("up", "--yes", "--skip-preview");

it("an image that staging never ran is refused before anything changes", async () => {
  const { exitCode, all } = await deploy();
  expect(exitCode).not.toBe(0);
  expect(all).toContain(`app.image never ran in ${staging.name}`);
  expect(all).toContain("config rm slipway:promotion");
  expect(await production.containers("service")).toEqual([]);
});

it("one that staging runs is taken", async () => {
  await set("app.image", images[0]);
  await production.up();
  expect((await production.ask("/")).body.trim()).toBe("tried");
});

it("one that has not run there for long enough is refused, but for what has served here", async () => {
  await set("promotion.soakHours", "24");
  await set("settings.ROUND", "2");
  await production.up();

  await staging.pulumi("config", "set", "--path", "slipway:app.image", images[1]);
  await staging.up();
  await set("app.image", images[1]);
  const { exitCode, all } = await deploy();
  expect(exitCode).not.toBe(0);
  expect(all).toContain(`app.image ran healthy for 0.0 hours in ${staging.name}`);
  expect((await production.ask("/")).body.trim()).toBe("tried");
});

it("a host of staging that does not answer keeps nobody from going back", async () => {
  const hostKey = `ssh-ed25519 ${"A".repeat(68)}`;
  placeStaging({ address: "127.0.0.1", port: 1, hostKey });
  const { exitCode, all } = await deploy();
  expect(exitCode).not.toBe(0);
  expect(all).toContain(`the journal of ${staging.name} cannot be read`);
  await set("app.image", images[0]);
  await set("settings.ROUND", "3");
  await production.up();
});

it("a stack that is not there, or is itself, is no evidence", async () => {
  for (const [from, complaint] of [
    ["nowhere", "there is no Pulumi.nowhere.yaml"],
    [production.name, "proves nothing"],
  ] as const) {
    await set("promotion.from", from);
    const { exitCode, all } = await deploy();
    expect(exitCode).not.toBe(0);
    expect(all).toContain(complaint);
  }
});
