import { afterEach, expect, test } from "vitest";
import { Images } from "../../components/images.ts";
import { host, variablesOf } from "./environment.ts";
import { record, types } from "./record.ts";

const recorder = await record();
const id = `sha256:${"5".repeat(64)}`;
const pulled = `registry.example.com/erp@sha256:${"6".repeat(64)}`;

afterEach(() => void recorder.clear());

async function declared(references: string[], transport: "pull" | "copy", programs = ["/bin/sh"]) {
  const images = references.map((reference) => ({ reference, programs }));
  new Images("images", { host, stack: "staging", images, transport });
  await recorder.wait();
  const given = (name: string) =>
    recorder.all
      .filter((each) => each.name === name)
      .flatMap(({ inputs }) => variablesOf(inputs.stdin).IMAGES?.split("\n"));
  return {
    pulls: recorder.of(types.image).map(({ inputs }) => inputs),
    checked: given("images-checked"),
    copied: given("images-copied"),
  };
}

test("an image of a registry is pulled by digest and kept for a rollback", async () => {
  const { pulls } = await declared([pulled], "pull");
  expect(pulls).toEqual([{ name: pulled, keepLocally: true }]);
});

test("an id cannot be pulled: the host has to have that image", async () => {
  const { pulls, checked } = await declared([pulled, id], "pull");
  expect(pulls.map(({ name }) => name)).toEqual([pulled]);
  expect(checked).toContain(`${id} ${id} /bin/sh`);
});

test.each(["pull", "copy"] as const)("all are looked into when they are there: %s", async (way) => {
  const { checked } = await declared([pulled, id], way, ["/bin/sh", "flock"]);
  const name = way === "copy" ? `slipway-copied:${"6".repeat(64)}` : pulled;
  expect(checked).toEqual([`${name} ${pulled} /bin/sh flock`, `${id} ${id} /bin/sh flock`]);
  const brought = recorder.all.filter(
    ({ type, name }) => type === types.image || name === "images-copied",
  );
  expect(recorder.named("images-checked").dependencies).toEqual(brought.map(({ urn }) => urn));
});

test("one image by the names of two registries is pulled from both", async () => {
  const mirrored = pulled.replace("registry.example.com", "127.0.0.1:5000");
  const { pulls } = await declared([pulled, mirrored], "pull");
  expect(pulls.map(({ name }) => name)).toEqual([pulled, mirrored]);
  expect(new Set(recorder.of(types.image).map(({ urn }) => urn)).size).toBe(2);
});

test("where images are copied to the host, none is pulled", async () => {
  const { pulls, copied } = await declared([pulled, id], "copy");
  expect(pulls).toEqual([]);
  expect(copied).toEqual([`${pulled} slipway-copied:${"6".repeat(64)}`, `${id} ${id}`]);
});

test("they are copied from this machine's own engine to the host's", async () => {
  await declared([id], "copy");
  const { inputs } = recorder.named("images-copied");
  expect(variablesOf(inputs.stdin).TARGET).toBe(host.engine);
  expect(inputs.stdin).not.toMatch(/^(export )?DOCKER_HOST/m);
  expect(inputs.update).toBe(inputs.create);
  expect(inputs).not.toHaveProperty("delete");
});
