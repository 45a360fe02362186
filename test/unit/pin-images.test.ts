import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Failure } from "../../scripts/failure.ts";
import { writeImages } from "../../scripts/images/pin-images.ts";

const digest = (character: string) => `sha256:${character.repeat(64)}`;
const images = {
  postgres: `postgres@${digest("a")}`,
  redis: `redis@${digest("b")}`,
  traefik: digest("c"),
  helper: `busybox@${digest("d")}`,
};
let directory = "";
let file = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-test-config-"));
  file = join(directory, "Pulumi.staging.yaml");
});

afterEach(() => rmSync(directory, { recursive: true }));

test("only the images change, and comments, order and long lines stay", () => {
  const long = `  slipway:note: ${"a long line ".repeat(20).trim()}`;
  const before = `# Staging
encryptionsalt: v1:abc
config:
  # pinned by npm run images
  slipway:images:
    postgres: postgres@${digest("0")} # the database
    redis: ${images.redis}
${long}
  slipway:releaseKey:
    secure: AAAB # ciphertext
`;
  writeFileSync(file, before);
  expect(writeImages(file, images)).toEqual(["postgres", "traefik", "helper"]);
  expect(readFileSync(file, "utf8")).toBe(
    before
      .replace(digest("0"), digest("a"))
      .replace(
        `${images.redis}\n`,
        `${images.redis}\n    traefik: ${images.traefik}\n    helper: ${images.helper}\n`,
      ),
  );
  expect(readdirSync(directory)).toEqual(["Pulumi.staging.yaml"]);
});

test("a file without images gets them", () => {
  writeFileSync(file, "config:\n  slipway:host: {}\n");
  writeImages(file, images);
  expect(readFileSync(file, "utf8")).toContain(
    `  slipway:images:\n    postgres: ${images.postgres}\n`,
  );
});

test("images that stand there already leave the file untouched", () => {
  writeFileSync(file, "config: {}\n");
  writeImages(file, images);
  const before = `${readFileSync(file, "utf8")}\n\n`;
  writeFileSync(file, before);
  expect(writeImages(file, images)).toEqual([]);
  expect(readFileSync(file, "utf8")).toBe(before);
});

test("what is no YAML is refused and kept", () => {
  writeFileSync(file, "config: {\n");
  expect(() => writeImages(file, images)).toThrow(Failure);
  expect(readFileSync(file, "utf8")).toBe("config: {\n");
});
