import { readFileSync } from "node:fs";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { bareImage, removeImages, smallImage } from "../small-image.ts";
import type { TestStack } from "./stack.ts";
import { makeTinyStack } from "./tiny-stack.ts";

let stack: TestStack;
const images: Record<"a" | "b" | "c" | "bare", string> = { a: "", b: "", c: "", bare: "" };
const releases: Record<string, string> = {};

beforeAll(async () => {
  const { helper } = await resolveImages({ detail: () => {}, note: console.info });
  for (const name of ["a", "b", "c"] as const) {
    images[name] = await smallImage(helper, name);
    // As if it had come from the engine of another machine.
    const tag = `slipway-copied:${images[name].slice(7, 19)}`;
    await execa("docker", ["image", "tag", images[name], tag]);
    const format = "{{range .RepoTags}}{{println .}}{{end}}";
    const tags = await execa("docker", ["image", "inspect", "--format", format, images[name]]);
    const others = tags.stdout.split("\n").filter((each) => each && each !== tag);
    await execa("docker", ["image", "rm", ...others]);
  }
  images.bare = await bareImage();
  stack = await makeTinyStack(images.a, (config) =>
    config.setIn(["config", "slipway:deploy"], { soakSeconds: 0, drainSeconds: 1 }),
  );
  await stack.up();
  releases.a = await liveRelease();
});

afterAll(async () => {
  await stack?.takeDown();
  await removeImages(...Object.values(images));
});

const liveRelease = async () => (await stack.pulumi("stack", "output", "release")).stdout;
const served = async () => (await stack.ask("/")).body.trim();
const configuration = () => readFileSync(stack.configFile, "utf8");
const rollBack = (...words: string[]) => stack.script("roll-back.ts", ...words);

async function configure(key: string, value: string): Promise<void> {
  const { exitCode, all } = await stack.pulumi("config", "set", "--path", `slipway:${key}`, value);
  expect(exitCode, all).toBe(0);
}

async function isThere(image: string): Promise<boolean> {
  return !(await execa("docker", ["image", "inspect", image], { reject: false })).failed;
}

async function refusal(...words: string[]): Promise<string> {
  const before = configuration();
  const { exitCode, stdout, stderr } = await rollBack("--yes", ...words);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(configuration()).toBe(before);
  expect(stderr.split("\n")).toHaveLength(1);
  return stderr;
}

describe("before a second release", () => {
  it("there is none to go back to", async () => {
    expect(await refusal()).toMatch(/^slipway: no release served \S+ before \S+: there is none/);
  });
});

describe("releases", () => {
  it("shows a good, a failed and a refused deploy, newest first", async () => {
    await configure("app.image", images.b);
    await stack.up();
    releases.b = await liveRelease();
    await configure("app.image", images.bare);
    await expect(stack.up()).rejects.toThrow(`the image ${images.bare} has no /bin/sh`);
    expect(await served()).toBe("b");
    await configure("deploy.spareMemoryMegabytes", "1048576");
    await expect(stack.up()).rejects.toThrow("MB of memory free");
    await configure("deploy.spareMemoryMegabytes", "1");

    const { exitCode, stdout, stderr } = await stack.script("list-releases.ts");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const rows = stdout.split("\n").filter((line) => /^│ \d{4}-/.test(line));
    expect(rows).toHaveLength(4);
    const [refused, failed, live, before] = rows;
    expect(refused).toMatch(/│ refused .*│ the host has \d+ MB of memory free/);
    expect(failed).toMatch(/│ failed .*│ \d+\.\d s .*│ the image sha256:\w+ has no \/bin\/sh/);
    expect(live).toMatch(
      new RegExp(`│ ${releases.b} │ live now .* app.image ${images.b.slice(7, 19)} `),
    );
    expect(before).toMatch(
      new RegExp(`│ ${releases.a} │ live until .* app.image ${images.a.slice(7, 19)} `),
    );
    for (const row of [failed, live, before]) expect(row).toMatch(/│ \w+@\S+ +│ [0-9a-f]{8}\+? +│/);
  });

  it("is JSON for programs", async () => {
    const { stdout } = await stack.script("list-releases.ts", "--json");
    const { live, deploys } = JSON.parse(stdout);
    expect(live).toBe(releases.b);
    expect(deploys.map(({ result }: { result: string }) => result)).toEqual([
      ...["refused", "failed", "live", "was live"],
    ]);
    expect(deploys[3].images).toEqual({ "app.image": images.a });
  });
});

describe("rollback", () => {
  it("goes back to the release before, from the image that is still there", async () => {
    const { exitCode, all, stdout } = await rollBack("--yes");
    expect(exitCode, all).toBe(0);
    expect(stdout).toContain(`${stack.name} goes back from ${releases.b} to ${releases.a}, of `);
    expect(stdout).toContain(
      `  app.image  ${images.bare.slice(7, 19)} -> ${images.a.slice(7, 19)}\n`,
    );
    expect(stdout).toMatch(new RegExp(`Release ${releases.a} serves again\\.$`));
    expect([await served(), await liveRelease()]).toEqual(["a", releases.a]);
    expect(await isThere(images.b)).toBe(true);
  });

  it("refuses in one line what it cannot do", async () => {
    expect(await refusal("--to", releases.a as string)).toBe(
      `slipway: release ${releases.a} serves ${stack.name} already`,
    );
    expect(await refusal("--to", "00000000")).toContain(
      `no release 00000000 served ${stack.name}; there were ${releases.b}; `,
    );
    await configure("app.image", images.b);
    expect(await refusal()).toMatch(
      /^slipway: release \w+ had the same images; .* ran from commit \w{40}/,
    );
    await configure("app.image", images.a);
  });

  it("puts the configuration back as it was when the deploy is not wanted, or fails", async () => {
    const before = configuration();
    // There is no terminal to answer the question on.
    const declined = await rollBack();
    expect(declined.exitCode).not.toBe(0);
    expect(declined.stdout).toContain("serves on, and the configuration is as it was.");
    expect(configuration()).toBe(before);
    await configure("deploy.spareMemoryMegabytes", "1048576");
    const inTheWay = configuration();
    const failed = await rollBack("--yes");
    expect(failed.exitCode).not.toBe(0);
    expect(failed.all).toContain("MB of memory free");
    expect(configuration()).toBe(inTheWay);
    await configure("deploy.spareMemoryMegabytes", "1");
    expect(await served()).toBe("a");
  });

  it("finds no image of a release that is older, and says so", async () => {
    await configure("app.image", images.c);
    await stack.up();
    expect(await served()).toBe("c");
    expect(await Promise.all([images.a, images.b, images.bare].map(isThere))).toEqual([
      ...[true, false, false],
    ]);
    expect(await refusal("--to", releases.b as string)).toBe(
      `slipway: neither the host nor the Docker engine of this machine has the image ${images.b} any more; build, pull or load it on this machine`,
    );
  });

  it("says when other settings make another release of the same image", async () => {
    await configure("services.web.settings.GREETING", "hello");
    const { exitCode, all, stdout } = await rollBack("--yes", "--to", releases.a as string);
    expect(exitCode, all).toBe(0);
    const now = await liveRelease();
    expect(now).not.toBe(releases.a);
    expect(stdout).toContain(`Release ${now} serves now, and not ${releases.a}: `);
    expect(await served()).toBe("a");
  });
});
