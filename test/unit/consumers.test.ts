import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { consumersOf } from "../../infra/consumers.ts";
import { readSettings } from "../../infra/settings.ts";
import { configure, erp, images } from "./configuration.ts";

await pulumi.runtime.setMocks(
  { newResource: () => ({ id: "", state: {} }), call: () => ({}) },
  "slipway",
  "staging",
);

function consumers(changes: Record<string, unknown> = {}) {
  configure(erp(changes));
  return consumersOf(readSettings());
}

test("services, workers and beat run the application's image with all it has", () => {
  const { services, workers, beat } = consumers();
  for (const each of [...services, ...workers, beat]) {
    expect(each).toMatchObject({
      image: images.app,
      user: "10001:10001",
      secrets: ["DATABASE_URL", "REDIS_URL", "JWT_SECRET_KEY"],
      volumes: [{ volume: "slipway-staging-uploads", path: "/var/lib/erp/uploads" }],
    });
    expect(each?.settings).toMatchObject({ LOG_LEVEL: "INFO", ENVIRONMENT: "{stack.name}" });
  }
  expect(services[0]).toMatchObject({ name: "api", port: 8000, liveness: "/healthz/live" });
  expect(workers[0]).toMatchObject({ name: "worker", celery: "erp.worker", concurrency: 1 });
  expect(beat).toMatchObject({ name: "beat", celery: "erp.worker" });
});

test("an image of its own gets no setting, secret or volume that nobody named", () => {
  const front = { port: 80, image: images.redis };
  const [, alone] = consumers({ "services.front": front }).services;
  expect(alone).toMatchObject({ image: images.redis, secrets: [], volumes: [] });
  expect(alone?.settings).toEqual({});
  const named = { ...front, settings: { A: "1" }, secrets: ["REDIS_URL"], volumes: ["uploads"] };
  const [, given] = consumers({ "services.front": named }).services;
  expect(given).toMatchObject({ settings: { A: "1" }, secrets: ["REDIS_URL"] });
  expect(given?.volumes).toHaveLength(1);
});

test("what a service says of itself goes before what the application says", () => {
  const [api] = consumers({
    "services.api.settings": { LOG_LEVEL: "DEBUG" },
    "services.api.secrets": [],
    "services.api.volumes": [],
    "services.api.user": "7:7",
  }).services;
  expect(api).toMatchObject({ user: "7:7", secrets: [], volumes: [] });
  expect(api?.settings).toMatchObject({ LOG_LEVEL: "DEBUG", SERVICE_NAME: "erp" });
});

test("memory has a default for each role, and a limit that is given holds", () => {
  const { services, workers, beat } = consumers({ "workers.big": { memoryMegabytes: 2048 } });
  expect(services.map((each) => each.memoryMegabytes)).toEqual([256]);
  expect(workers.map((each) => each.memoryMegabytes)).toEqual([512, 2048]);
  expect(beat?.memoryMegabytes).toBe(256);
});

test("beat runs only where it is switched on", () => {
  expect(consumers({ beat: {} }).beat).toBeUndefined();
});
