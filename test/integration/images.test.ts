import { expect, test } from "vitest";
import { localImages } from "../../scripts/images/official-images.ts";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { docker } from "../throw-away.ts";

const report = { detail() {}, note: (line: string) => console.info(line) };

test("every image is a reference that cannot move, and is there", async () => {
  const images = await resolveImages(report);
  const official = new Set((await localImages()).official.values());
  for (const [name, image] of Object.entries(images)) {
    console.info(
      `${name}: ${official.has(image) ? "official" : "built from Debian's packages"}, ${image}`,
    );
    expect(image).toMatch(/^(\S+@)?sha256:[0-9a-f]{64}$/);
    await docker("image", "inspect", image);
  }
  expect(Object.keys(images).sort()).toEqual(["helper", "postgres", "python", "redis", "traefik"]);
});

test("asking again gives the same images, at once", async () => {
  const first = await resolveImages(report);
  const started = Date.now();
  expect(await resolveImages(report)).toEqual(first);
  expect(Date.now() - started).toBeLessThan(500);
});
