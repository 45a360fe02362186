import { afterEach, expect, test } from "vitest";
import { Images } from "../../components/images.ts";
import { host, variablesOf } from "./environment.ts";
import { record, types } from "./record.ts";

const recorder = await record();
const id = `sha256:${"5".repeat(64)}`;
const pulled = `registry.example.com/erp@sha256:${"6".repeat(64)}`;

afterEach(() => void recorder.clear());

async function declared(references: string[], transport: "pull" | "copy") {
  new Images("images", { host, references, transport });
  await recorder.wait();
  const present = recorder.all.filter((each) => each.name === "images-present");
  return {
    pulls: recorder.of(types.image).map(({ inputs }) => inputs),
    required: present.flatMap(({ inputs }) => variablesOf(inputs.stdin).IMAGES?.split("\n")),
  };
}

test("an image of a registry is pulled by digest and kept for a rollback", async () => {
  const { pulls, required } = await declared([pulled], "pull");
  expect(pulls).toEqual([{ name: pulled, keepLocally: true }]);
  expect(required).toEqual([]);
});

test("an id cannot be pulled: the host has to have that image", async () => {
  const { pulls, required } = await declared([pulled, id], "pull");
  expect(pulls).toHaveLength(1);
  expect(required).toEqual([id]);
});

test("where images are copied to the host, it has to have all of them", async () => {
  const { pulls, required } = await declared([pulled, id], "copy");
  expect(pulls).toEqual([]);
  expect(required).toEqual([pulled, id]);
});
