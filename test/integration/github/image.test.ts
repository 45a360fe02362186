import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Registry, startRegistry } from "../../registry.ts";
import { removeImages } from "../../small-image.ts";

const script = join(import.meta.dirname, "../../../scripts/pipeline/image.sh");
const directory = mkdtempSync(join(tmpdir(), "slipway-application-"));
let registry: Registry;
let tree: string;
let pushed: string;

beforeAll(async () => {
  registry = await startRegistry();
  const git = execa({ cwd: directory });
  mkdirSync(join(directory, "application"));
  writeFileSync(join(directory, "application/Dockerfile"), "FROM scratch\nCOPY Dockerfile /\n");
  await git`git init --quiet`;
  await git`git add .`;
  const author = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
  await git("git", [...author, "commit", "--quiet", "--message", "Begin"]);
  tree = (await git`git rev-parse HEAD:application`).stdout;
});
afterAll(async () => {
  await removeImages(`${registry.address}/shop:tree-${tree}`);
  await registry.stop();
  rmSync(directory, { recursive: true });
});

async function image(verb: "build" | "find", given = "") {
  const output = join(directory, "output");
  writeFileSync(output, "");
  const { failed, all } = await execa(script, [verb], {
    ...{ cwd: directory, all: true, reject: false },
    env: {
      ...{ GIVEN: given, APPLICATION: "application", NAME: `${registry.address}/shop` },
      ...{ REGISTRY_USER: registry.username, REGISTRY_PASSWORD: registry.password },
      ...{ GITHUB_OUTPUT: output, GITHUB_REF_NAME: "feature/one", RUNNER_TEMP: directory },
      DOCKER_CONFIG: join(directory, "client"),
      // No scanner comes from anywhere.
      ...{
        https_proxy: "http://127.0.0.1:1",
        HTTPS_PROXY: "http://127.0.0.1:1",
        no_proxy: "127.0.0.1",
      },
    },
  });
  return { failed, all, output: readFileSync(output, "utf8").trim() };
}

it("is not found before it was built", async () => {
  const { failed, all, output } = await image("find");
  expect(failed).toBe(true);
  expect(all).toContain(
    `slipway: no image was built of application as this commit has it (tree ${tree})`,
  );
  expect(output).toBe("");
});

it("is not pushed when it could not be scanned", async () => {
  const { failed, output } = await image("build");
  expect(failed).toBe(true);
  expect(output).toBe("");
  expect((await image("find")).failed).toBe(true);
});

it("is found by the content of its directory, whichever commit that comes with", async () => {
  pushed = await registry.push(`${registry.address}/shop:tree-${tree}`, `shop:tree-${tree}`);
  const git = execa({ cwd: directory });
  const author = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
  await git("git", [...author, "commit", "--quiet", "--allow-empty", "--message", "Another"]);
  for (const verb of ["find", "build"] as const) {
    expect(await image(verb)).toMatchObject({ failed: false, output: `reference=${pushed}` });
  }
});

it("is another one when it is named, by its digest and not otherwise", async () => {
  const other = `ghcr.io/acme/shop@sha256:${"a".repeat(64)}`;
  expect((await image("find", other)).output).toBe(`reference=${other}`);
  const moving = await image("find", "ghcr.io/acme/shop:latest");
  expect(moving.failed).toBe(true);
  expect(moving.all).toContain("can move; name it by its digest");
});
