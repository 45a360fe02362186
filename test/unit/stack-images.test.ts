import { expect, test } from "vitest";
import { images } from "./configuration.ts";
import { variablesOf } from "./environment.ts";
import { runProgram } from "./program.ts";
import { record } from "./record.ts";

const recorder = await record();
const none = { mode: "none" };

async function copied(changes: Record<string, unknown>): Promise<string[]> {
  recorder.clear();
  await runProgram(recorder, changes);
  const { IMAGES = "" } = variablesOf(recorder.named("images-copied").inputs.stdin);
  return IMAGES.split("\n").sort();
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
