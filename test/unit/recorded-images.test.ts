import * as pulumi from "@pulumi/pulumi";
import { expect, test, vi } from "vitest";
import { images } from "./configuration.ts";
import { runProgram } from "./program.ts";
import { type Recorder, record } from "./record.ts";

const other = `sha256:${"7".repeat(64)}`;

async function outputsOf(recorder: Recorder, changes: Record<string, unknown>) {
  const { release, images: printed } = await runProgram(recorder, changes);
  const images = await new Promise((resolve) => void pulumi.output(printed).apply(resolve));
  return { release, images };
}

test("a configuration without an image describes the release of the image that the state has", async () => {
  const recorder = await record("staging", {
    outputs: () => ({ images: { "app.image": images.app } }),
  });
  const leftOut = await outputsOf(recorder, { "app.image": undefined });
  const named = await outputsOf(recorder, { "app.image": images.app });
  const another = await outputsOf(recorder, { "app.image": other });
  expect(leftOut.release).toBe(named.release);
  expect(another.release).not.toBe(named.release);
}, 20_000);

test("a state that the engine writes at these moments is read again", async () => {
  const outputs = vi.fn(() => ({ images: { "app.image": images.app } }));
  for (let time = 0; time < 5; time++) {
    outputs.mockImplementationOnce(() => {
      throw Object.assign(new Error(), { details: "failed to load checkpoint: EOF" });
    });
  }
  const recorder = await record("staging", { outputs });
  const leftOut = await outputsOf(recorder, { "app.image": undefined });
  const named = await outputsOf(recorder, { "app.image": images.app });
  expect(leftOut.release).toBe(named.release);
});

test("what the state gets is what the switch says, and not what is configured", async () => {
  const stdout = `a warning\nimage app.image ${other}\nimage services.front.image r.example.com/f@${other}`;
  const recorder = await record("staging", { stdout });
  expect((await outputsOf(recorder, {})).images).toEqual({
    "app.image": other,
    "services.front.image": `r.example.com/f@${other}`,
  });
});

test("a stack without an application runs no image", async () => {
  const recorder = await record();
  const none = { services: {}, workers: {}, beat: {}, migration: {}, "app.image": undefined };
  expect((await outputsOf(recorder, none)).images).toEqual({});
});
