import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hostScript, runScript } from "../../components/host-script.ts";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { bareImage, removeImages } from "../small-image.ts";
import { docker } from "../throw-away.ts";

const stack = `contract-${process.pid}`;
const directory = mkdtempSync(join(tmpdir(), "slipway-image-"));
const made: string[] = [];
let helper: string;
let platform: string;

beforeAll(async () => {
  ({ helper } = await resolveImages({ detail: () => {}, note: console.info }));
  platform = await docker("version", "--format", "{{.Server.Os}}/{{.Server.Arch}}");
});

afterAll(async () => {
  await removeImages(...made);
  rmSync(directory, { recursive: true });
});

async function imageOf(files: string[], ...flags: string[]): Promise<string> {
  const image = await bareImage(files, ...flags);
  made.push(image);
  return image;
}

/** The same image as another architecture would have it. Neither a build nor an import makes one everywhere. */
async function madeFor(architecture: string, image: string): Promise<string> {
  const archive = mkdtempSync(join(directory, "archive-"));
  const path = join(archive, "image.tar");
  await docker("image", "save", "--output", path, image);
  await execa("tar", ["--extract", "--file", path, "--directory", archive]);
  rmSync(path);
  const read = (file: string) => JSON.parse(readFileSync(join(archive, file), "utf8"));
  const [manifest] = read("manifest.json");
  const config = JSON.stringify({ ...read(manifest.Config), architecture });
  writeFileSync(join(archive, "config.json"), config);
  const changed = JSON.stringify([{ ...manifest, Config: "config.json" }]);
  writeFileSync(join(archive, "manifest.json"), changed);
  const words = ["--create", "--file", path, "--exclude", "image.tar", "--directory", archive, "."];
  await execa("tar", words);
  const said = await docker("image", "load", "--input", path);
  const id = /sha256:[0-9a-f]{64}/.exec(said)?.[0] as string;
  made.push(id);
  return id;
}

function check(...lines: string[]) {
  const host = { engine: "unix:///var/run/docker.sock", directory, helperImage: helper };
  return execa("sh", ["-c", runScript("apply", 60)], {
    input: hostScript("check-images", host, { STACK: stack, IMAGES: lines.join("\n") }),
    reject: false,
  });
}

/** The one line by which images are refused. */
async function refusal(...lines: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await check(...lines);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr.split("\n")).toHaveLength(1);
  return stderr;
}

test("images that have what they need are let through, and no container is left", async () => {
  const own = await imageOf(
    ["bin/sh", "opt/tools/flock"],
    "--change",
    "ENV PATH=/usr/bin:/opt/tools",
  );
  const { exitCode, stderr } = await check(
    ...[`${helper} ${helper} /bin/sh flock`, `${own} ${own} /bin/sh flock`, `${own} ${own}`],
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const label = `label=slipway.stack=${stack}`;
  expect(await docker("ps", "--all", "--quiet", "--filter", label)).toBe("");
});

test("what a check that was killed left behind is in nobody's way", async () => {
  await docker("create", "--name", `slipway-${stack}-check-0`, helper);
  expect((await check(`${helper} ${helper} /bin/sh`)).exitCode).toBe(0);
});

test("one that is made for another architecture is refused", async () => {
  const other = platform === "linux/arm64" ? "linux/amd64" : "linux/arm64";
  const image = await madeFor(other.slice("linux/".length), await imageOf(["bin/sh"]));
  expect(await refusal(`${helper} ${helper}`, `${image} shop@sha256:0123`)).toBe(
    `the image shop@sha256:0123 is made for ${other}, and the host is ${platform}; build it for that: docker build --platform ${platform}`,
  );
});

test("one without a shell is refused", async () => {
  const image = await imageOf(["usr/bin/sh", "app"]);
  expect(await refusal(`${image} ${image} /bin/sh`)).toBe(
    `the image ${image} has no /bin/sh, which starts and probes its containers; build it on an image that has a shell`,
  );
});

test("one without flock is refused for beat", async () => {
  const image = await imageOf(["bin/sh", "opt/flock"]);
  expect(await refusal(`${image} ${image} /bin/sh flock`)).toMatch(
    /^the image sha256:\w+ has no flock in its PATH, which lets one beat run and no more; install it there/,
  );
});

test("one that is not there is refused with the way to bring it", async () => {
  const nowhere = `sha256:${"0".repeat(64)}`;
  expect(await refusal(`${nowhere} ${nowhere}`)).toMatch(
    /^the host has no image sha256:0+, and an id cannot be pulled; .* config set slipway:transport copy$/,
  );
  expect(await refusal(`slipway-copied:${"0".repeat(64)} shop@${nowhere} /bin/sh`)).toMatch(
    /^the host has no image shop@sha256:0+ any more; bring it there again with docker pull or docker load$/,
  );
});
