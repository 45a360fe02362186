import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { hostScript, runScript } from "../../components/host-script.ts";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { startRegistry } from "../registry.ts";
import { bareImage, removeImages, smallImage } from "../small-image.ts";
import { docker } from "../throw-away.ts";
import { begun, live, note } from "../unit/journal-lines.ts";

const made: string[] = [];
let helper: string;
let directory: string;

beforeAll(async () => {
  ({ helper } = await resolveImages({ detail: () => {}, note: console.info }));
});

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-retention-"));
});

afterEach(async () => {
  if (made.length > 0) await removeImages(...made.splice(0));
  rmSync(directory, { recursive: true });
});

/** Four images by the names that a copy to the host gives them. */
async function copies() {
  const images = await Promise.all([bareImage(), bareImage(), bareImage(), bareImage()]);
  for (const image of images) {
    await docker("image", "tag", image, `slipway-copied:${image.slice(7, 19)}`);
    made.push(image);
  }
  return images;
}

/** Writes that releases came to serve in a stack, one after the other, each with an image. */
function served(stack: string, ...releases: [release: string, image: string][]): void {
  for (const place of ["journal", "live", "releases/gone"])
    mkdirSync(join(directory, stack, place), { recursive: true });
  const lines = releases.flatMap(([release, image]) => [
    ...begun(release, `app.image=${image}`),
    ...live(release),
  ]);
  writeFileSync(join(directory, stack, "journal/log"), lines.map((line) => `${line}\n`).join(""));
  writeFileSync(join(directory, stack, "live/release"), `${releases.at(-1)?.[0] ?? ""}\n`);
}

/** The end of a deploy: a release before goes. */
async function retire(helperImage = helper, stack = "shop"): Promise<void> {
  const host = { engine: "unix:///var/run/docker.sock", directory, helperImage };
  const variables = {
    STACK: stack,
    RELEASE: "gone",
    DIRECTORY: `${stack}/releases/gone`,
    FILES: "",
  };
  const { exitCode, stderr } = await execa("sh", ["-c", runScript("remove", 60)], {
    ...{ input: hostScript("release-files", host, variables), reject: false },
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
}

const isThere = async (image: string) =>
  !(await execa("docker", ["image", "inspect", image], { reject: false })).failed;
const areThere = (...images: string[]) => Promise.all(images.map(isThere));

const log = (stack = "shop") => readFileSync(join(directory, stack, "journal/log"), "utf8");

test("the release that serves and the one before keep their images, older ones go", async () => {
  const [a, b, c] = await copies();
  served("shop", ["aaaaaaaa", a], ["bbbbbbbb", b]);
  await retire();
  expect(await areThere(a, b)).toEqual([true, true]);
  expect(log()).not.toContain("images-removed");

  served("shop", ["aaaaaaaa", a], ["bbbbbbbb", b], ["aaaaaaaa", a], ["bbbbbbbb", b]);
  await retire();
  expect(await areThere(a, b)).toEqual([true, true]);

  served("shop", ["aaaaaaaa", a], ["bbbbbbbb", b], ["cccccccc", c]);
  await retire();
  expect(await areThere(a, b, c)).toEqual([false, true, true]);
  expect(log()).toContain(`"event":"images-removed","images":"slipway-copied:${a.slice(7, 19)}"`);

  served("shop", ["aaaaaaaa", a], ["bbbbbbbb", b], ["cccccccc", c], ["bbbbbbbb", b]);
  await retire();
  expect(await areThere(b, c)).toEqual([true, true]);
});

test("that of a release that failed goes, and what was never deployed stays", async () => {
  const [a, b, never] = await copies();
  served("shop", ["aaaaaaaa", a]);
  const failed = note("failed", { release: "bbbbbbbb", reason: "no" });
  const lines = [...begun("bbbbbbbb", `app.image=${b}`), ...failed].join("\n");
  writeFileSync(join(directory, "shop/journal/log"), `${log()}${lines}\n{"time":"2026-1`);
  await retire();
  expect(await areThere(a, b, never)).toEqual([true, false, true]);
});

test("an image stays that a container uses, that has another name, or that another stack may want", async () => {
  const [used, named, wanted, now] = await copies();
  const container = await docker("create", "--network", "none", used, "nothing");
  // The engine itself keeps no more than the last name of what a container uses.
  const copy = `slipway-copied:${used.slice(7)}`;
  await docker("image", "tag", used, copy);
  await docker("image", "tag", named, `slipway-test:named-${process.pid}`);
  served("other", ["11111111", wanted], ["22222222", helper]);
  const older = [used, named, wanted, helper].map((image, index): [string, string] => [
    `${index}aaaaaaa`,
    image,
  ]);
  served("shop", ...older, ["bbbbbbbb", now], ["cccccccc", now]);
  await retire();
  expect(await areThere(copy, used, named, wanted, helper)).toEqual(Array(5).fill(true));
  expect(await isThere(`slipway-copied:${used.slice(7, 19)}`)).toBe(true);

  await docker("rm", container);
  await docker("image", "rm", `slipway-test:named-${process.pid}`);
  served("other", ["22222222", helper]);
  await retire();
  expect(await areThere(used, named, wanted, helper)).toEqual([false, false, false, true]);
});

test("the image stays that files are written by, whatever else was made of it", async () => {
  const own = await smallImage(helper, "helper");
  made.push(own);
  const format = "{{index .RepoTags 0}}";
  const tag = await docker("image", "inspect", "--format", format, own);
  await docker("image", "tag", own, `slipway-copied:${own.slice(7, 19)}`);
  await docker("image", "rm", tag);
  served("shop", ["aaaaaaaa", own], ["bbbbbbbb", helper], ["cccccccc", helper]);
  await retire(own);
  expect(await isThere(own)).toBe(true);
  await retire();
  expect(await isThere(own)).toBe(false);
});

test("an image stays that another stack just begins to deploy", async () => {
  const [a, b] = await copies();
  served("shop", ["aaaaaaaa", a], ["bbbbbbbb", b], ["cccccccc", b]);
  served("other", ["11111111", helper]);
  const theirs = join(directory, "other/journal/log");
  appendFileSync(theirs, `${begun("22222222", `app.image=${a}`).join("\n")}\n`);
  await retire();
  expect(await isThere(a)).toBe(true);
  served("other", ["11111111", helper]);
  await retire();
  expect(await isThere(a)).toBe(false);
});

test("nothing goes with a stack that is destroyed, or when another stack's journal cannot be read", async () => {
  const [a, b] = await copies();
  served("shop", ["aaaaaaaa", a], ["bbbbbbbb", b], ["cccccccc", b]);
  const marker = join(directory, "shop/live/release");
  rmSync(marker);
  await retire();
  expect(await isThere(a)).toBe(true);

  writeFileSync(marker, "cccccccc\n");
  mkdirSync(join(directory, "other/journal"), { recursive: true });
  const theirs = join(directory, "other/journal/log");
  symlinkSync("nowhere", theirs);
  await retire();
  expect(await isThere(a)).toBe(true);
  rmSync(theirs);
  await retire();
  expect(await isThere(a)).toBe(false);
});

test("what was pulled goes by its registry's name, unless somebody gave it another", async () => {
  const helpers: [string, string][] = [
    ["dddddddd", helper],
    ["eeeeeeee", helper],
  ];
  const registry = await startRegistry();
  try {
    const pulled = async (text: string) => {
      const image = await bareImage();
      const reference = await registry.push(image, `team/shop:${text}`);
      await removeImages(image);
      const env = { DOCKER_CONFIG: registry.clientDirectory };
      await execa("docker", ["pull", reference], { env });
      made.push(reference);
      return reference;
    };
    const [a, b, c] = [await pulled("a"), await pulled("b"), await pulled("c")] as const;
    const mine = `slipway-test:mine-${process.pid}`;
    await docker("image", "tag", b, mine);
    const copy = `slipway-copied:${c.split("sha256:")[1]}`;
    await docker("image", "tag", c, copy);
    made.push(mine, copy);
    served("shop", ["aaaaaaaa", a], ["bbbbbbbb", b], ["cccccccc", c], ...helpers);
    await retire();
    expect(await areThere(a, b, c)).toEqual([false, true, true]);
  } finally {
    await registry.stop();
  }
});
