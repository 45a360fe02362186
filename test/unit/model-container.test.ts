import { expect, test } from "vitest";
import type { RunningContainer } from "../../scripts/containers.ts";
import { modelContainers } from "../../scripts/model-container.ts";

const container = (name: string, role: string, image: string, release = "aaaaaaaa") =>
  ({ name, role, image, release }) as RunningContainer;

const running = [
  container("postgres", "postgres", "sha256:postgres", undefined),
  container("flower", "service", "sha256:flower"),
  container("frontend", "service", "sha256:app"),
  container("api", "service", "sha256:app"),
  container("api", "service", "sha256:app", "bbbbbbbb"),
  container("worker", "worker", "sha256:app"),
  container("beat", "beat", "sha256:app"),
];
const consumers = [
  { name: "flower" },
  { name: "frontend", secrets: [] },
  { name: "api" },
  { name: "worker" },
];

const names = (release: string | undefined, app = "sha256:app") =>
  modelContainers(running, { release, images: { "app.image": app } }, consumers).map(
    ({ name }) => name,
  );

test("one of the application's image comes first, and one with all secrets before one without", () => {
  expect(names("aaaaaaaa")).toEqual(["api", "worker", "frontend", "flower"]);
});

test("the image may have another name on the host, where it was copied to", () => {
  const digest = "5".repeat(64);
  const copied = [
    container("flower", "service", "flower"),
    container("api", "service", `slipway-copied:${digest}`),
  ];
  const images = { "app.image": `registry.example.com/erp@sha256:${digest}` };
  expect(modelContainers(copied, { release: "aaaaaaaa", images }, consumers)[0]?.name).toBe("api");
});

test("only the live release counts", () => {
  expect(names("bbbbbbbb")).toEqual(["api"]);
  expect(names(undefined)).toEqual([]);
});
