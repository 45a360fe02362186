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
const configured = {
  appImage: "sha256:app",
  consumers: [
    { name: "flower", image: "sha256:flower" },
    { name: "frontend", secrets: [] },
    { name: "api" },
    { name: "worker" },
  ],
};

const names = (release: string | undefined, environment = configured) =>
  modelContainers(running, release, environment).map(({ name }) => name);

test("one of the application's image comes first, and one with all secrets before one without", () => {
  expect(names("aaaaaaaa")).toEqual(["api", "worker", "frontend", "flower"]);
});

test("another image in a configuration that is not deployed yet changes nothing", () => {
  expect(names("aaaaaaaa", { ...configured, appImage: "sha256:next" })[0]).toBe("api");
});

test("only the live release counts", () => {
  expect(names("bbbbbbbb")).toEqual(["api"]);
  expect(names(undefined)).toEqual([]);
});
