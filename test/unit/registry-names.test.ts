import { expect, test } from "vitest";
import { image, registry } from "../../infra/schema/names.ts";

const digest = `sha256:${"0".repeat(64)}`;

test.each([
  "127.0.0.1:5000/erp",
  "localhost:5000/erp",
  "registry.example.com:443/team/erp",
  "ghcr.io/acme/erp:1.4.2",
  "acme/erp",
  "postgres",
])("%s by digest is an image", (name) => {
  expect(image.safeParse(`${name}@${digest}`).success).toBe(true);
});

test("an image by a tag alone may move, whatever its registry's port", () => {
  expect(image.safeParse("127.0.0.1:5000/erp:1").success).toBe(false);
});

test.each(["ghcr.io", "registry.example.com:5000", "127.0.0.1:40579", "localhost:5000"])(
  "%s is a registry",
  (name) => {
    expect(registry.safeParse(name).success).toBe(true);
  },
);

test.each(["https://ghcr.io", "ghcr.io/acme", "ghcr.io:", "GHCR.io", "registry:port"])(
  "%s is none",
  (name) => {
    expect(registry.safeParse(name).success).toBe(false);
  },
);
