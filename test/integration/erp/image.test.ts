import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nameOf } from "../../../scripts/images/build-app.ts";
import { resolveImages } from "../../../scripts/images/resolve-images.ts";
import { type Registry, startRegistry } from "../../registry.ts";
import { removeImages } from "../../small-image.ts";
import { docker } from "../../throw-away.ts";
import { cleanCopies, example, pipeline } from "./example.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";
const copy = cleanCopies();
let registry: Registry;
/** Of a Docker client that is logged in nowhere. */
let config: string;
let directory: string;

beforeAll(async () => {
  registry = await startRegistry();
  config = await mkdtemp(join(tmpdir(), "slipway-docker-"));
  const { python } = await resolveImages({ detail() {}, note: (line) => console.info(line) });
  const dockerfile = await readFile(join(example, "Dockerfile"), "utf8");
  directory = await copy({
    Dockerfile: dockerfile.replace(/(?<=^ARG PYTHON_IMAGE=).*/m, await nameOf(python)),
  });
});

afterAll(async () => {
  await registry?.stop();
  await rm(config, { recursive: true });
});

/** Runs a step for a branch or a tag. */
async function run(job: string, step: string, type: "branch" | "tag", ref: string) {
  const hasBuildKit = !(await execa("docker", ["buildx", "version"], { reject: false })).failed;
  const result = await pipeline.run(job, step, {
    directory,
    contexts: { github: { actor: registry.username, token: registry.password } },
    environment: {
      IMAGE: `${registry.address}/Team/ERP`,
      DOCKER_BUILDKIT: hasBuildKit ? "1" : "0",
      DOCKER_CONFIG: config,
      GITHUB_SHA: commit,
      GITHUB_REF_TYPE: type,
      GITHUB_REF_NAME: ref,
    },
  });
  expect(result.isWell, result.said).toBe(true);
  return result;
}

const ids = (...references: string[]) =>
  docker("image", "inspect", "--format", "{{.Id}}", ...references);

test("what is pushed is what was built, under its commit and its branch", async () => {
  const name = `${registry.address}/team/erp`;
  const tags = [`${name}:sha-${commit}`, `${name}:feature-more`];
  await run("build", "Build the image", "branch", "feature/more");
  const built = await ids(...tags);
  await docker("image", "rm", ...tags);

  const { outputs, summary } = await run(
    ...(["push", "Push the image that was scanned", "branch", "feature/more"] as const),
  );
  const pushed = outputs.image ?? "";
  expect(pushed).toMatch(new RegExp(`^${name}@sha256:[0-9a-f]{64}$`));
  expect(summary).toContain(pushed);
  await docker("image", "rm", ...tags);

  const env = { DOCKER_CONFIG: config };
  for (const reference of [pushed, ...tags]) await execa("docker", ["pull", reference], { env });
  expect(await ids(...tags)).toBe(built);
  await removeImages(...tags, pushed);
});

test("a tag's image has its version", async () => {
  const name = `${registry.address}/team/erp`;
  await run("build", "Build the image", "tag", "v1.2.3");
  expect(await docker("image", "rm", `${name}:1.2.3`, `${name}:sha-${commit}`)).toContain(
    `Untagged: ${name}:1.2.3`,
  );
});
