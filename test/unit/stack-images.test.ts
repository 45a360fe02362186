import { expect, test } from "vitest";
import { images } from "./configuration.ts";
import { variablesOf } from "./environment.ts";
import { releaseContainers, runProgram } from "./program.ts";
import { record } from "./record.ts";

const recorder = await record();
const digest = "7".repeat(64);
const none = { mode: "none" };

async function copied(changes: Record<string, unknown>): Promise<string[]> {
  recorder.clear();
  await runProgram(recorder, changes);
  const { IMAGES = "" } = variablesOf(recorder.named("images-copied").inputs.stdin);
  return IMAGES.split("\n")
    .map((line) => line.split(" ")[0] as string)
    .sort();
}

test("every image of the stack comes to the host, each once", async () => {
  const frontend = `registry.example.com/frontend@sha256:${"6".repeat(64)}`;
  const changes = {
    "services.frontend": { image: frontend, port: 3000, hosts: ["front.example.com"] },
    "workers.worker.image": images.app,
  };
  expect(await copied(changes)).toEqual([...Object.values(images), frontend].sort());
});

test("images of servers that the stack does not run stay away, though they are pinned", async () => {
  const edge = { mode: "shared", certificates: "provided" };
  const changes = {
    ...{ edge, postgres: none, redis: none, workers: {}, beat: {}, migration: {} },
    ...{ secrets: {}, settings: {} },
  };
  expect(await copied(changes)).toEqual([images.helper, images.app].sort());
});

test("what is copied by a registry's digest runs by the name that it has on the host then", async () => {
  const pinned = Object.fromEntries(
    ["postgres", "redis", "traefik", "helper"].map((name) => [name, `${name}@sha256:${digest}`]),
  );
  const app = `registry.example.com/erp@sha256:${digest}`;
  const changes = { images: pinned, "app.image": app, "workers.worker.image": app };
  const run = async (transport: string) => {
    recorder.clear();
    await runProgram(recorder, { ...changes, transport });
    const servers = ["postgres", "redis", "edge"].map((name) => recorder.named(`${name}-server`));
    const containers = [...servers, ...releaseContainers(recorder)];
    const { HELPER_IMAGE } = variablesOf(recorder.named("environment-files").inputs.stdin);
    const { IMAGE } = variablesOf(recorder.named("migration").inputs.stdin);
    const { BASE, IMAGE: made } = variablesOf(recorder.named("postgres-image").inputs.stdin);
    const images = containers.map(({ inputs }) => (inputs.image === made ? BASE : inputs.image));
    return [...images, HELPER_IMAGE, IMAGE];
  };
  expect(new Set(await run("copy"))).toEqual(new Set([`slipway-copied:${digest}`]));
  expect(await run("pull")).toContain(app);
  expect((await run("pull")).join()).not.toContain("slipway-copied");
});
