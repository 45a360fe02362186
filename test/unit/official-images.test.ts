import { afterEach, expect, test, vi } from "vitest";
import { Failure } from "../../scripts/failure.ts";
import { officialReference } from "../../scripts/images/official-images.ts";

afterEach(() => void vi.unstubAllEnvs());

test("Docker Hub has the official images where no other registry is named", () => {
  vi.stubEnv("SLIPWAY_REGISTRY", "");
  expect(officialReference("helper")).toBe("busybox:1.37");
});

test.each(["mirror.example.com", "127.0.0.1:5000", "localhost", "mirror:5000/docker-hub/library"])(
  "%s has them under their names and tags",
  (registry) => {
    vi.stubEnv("SLIPWAY_REGISTRY", registry);
    expect(officialReference("python")).toBe(`${registry}/python:3.13-slim`);
  },
);

test.each([
  "https://mirror.example.com",
  "mirror.example.com/",
  "library",
  "Mirror.example.com",
  "a b.c",
])("'%s' is refused with what to type", (registry) => {
  vi.stubEnv("SLIPWAY_REGISTRY", registry);
  expect(() => officialReference("python")).toThrow(Failure);
  expect(() => officialReference("python")).toThrow(
    `SLIPWAY_REGISTRY is '${registry}', which is no registry; type its host name`,
  );
});
