import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { readSettings } from "../../infra/settings.ts";
import { configure, erp, images, planted } from "./configuration.ts";

await pulumi.runtime.setMocks(
  { newResource: () => ({ id: "", state: {} }), call: () => ({}) },
  "slipway",
  "staging",
);

function read(changes: Record<string, unknown> = {}) {
  configure(erp(changes));
  return readSettings();
}

test("the example's configuration is accepted whole", () => {
  const settings = read();
  expect(settings.stack).toBe("staging");
  expect(settings.services.api?.command?.[0]).toBe("uvicorn");
  expect(settings.workers.worker?.queues).toEqual(["default", "invoices"]);
  expect(settings.secrets.JWT_SECRET_KEY).toBe(planted.jwt);
});

test("what a stack leaves out has the documented defaults", () => {
  const { host, transport, postgres, redis, services, workers, beat, app } = read({
    transport: undefined,
    "services.api.probes": undefined,
    "workers.worker": {},
    "app.user": undefined,
  });
  expect(host).toEqual({
    ...{ user: "deploy", port: 22 },
    ...{ socket: "unix:///var/run/docker.sock", directory: "/var/lib/slipway" },
  });
  expect(transport).toBe("pull");
  expect(postgres).toMatchObject({ mode: "own", database: "app", passwordGeneration: 1 });
  expect(redis).toMatchObject({ mode: "own", memoryMegabytes: 128, passwordGeneration: 1 });
  expect(services.api).toMatchObject({
    replicas: 1,
    stopSeconds: 30,
    maxProcesses: 256,
    probes: { liveness: "/healthz/live", readiness: "/healthz/ready", smoke: [] },
  });
  expect(workers.worker).toMatchObject({ queues: ["celery"], concurrency: 2, stopSeconds: 60 });
  expect(beat.stopSeconds).toBe(15);
  expect(app).toMatchObject({ user: "10001:10001", secretsAs: "files" });
});

test("a migration waits for a lock for less than the example does for a connection", () => {
  const file = join(import.meta.dirname, "../../examples/erp/src/erp/database.py");
  const patience = Number(/pool_timeout=(\d+)/.exec(readFileSync(file, "utf8"))?.[1]);
  expect(read({ "migration.lockSeconds": undefined }).migration.lockSeconds).toBeLessThan(patience);
});

test("the empty maps that Pulumi.yaml gives to absent keys count as absent", () => {
  const empty = [
    "repository",
    "host",
    "registries",
    "postgres",
    "redis",
    "beat",
    "migration",
    "workers",
  ];
  const settings = read({
    ...Object.fromEntries(empty.map((key) => [key, {}])),
    tls: {},
    "edge.certificates": "acme",
    "edge.email": "ops@example.com",
  });
  expect(settings.tls).toBeUndefined();
  expect(settings.postgres.mode).toBe("own");
  expect(settings.beat.enabled).toBe(false);
});

test("numbers and flags among the settings become the texts that a container gets", () => {
  const { settings } = read({ "settings.TICK_SECONDS": 5, "settings.DEBUG": false });
  expect(settings).toMatchObject({ TICK_SECONDS: "5", DEBUG: "false" });
});

test("a word of a command that YAML takes for a number is a word", () => {
  const { services } = read({ "services.api.command": ["uvicorn", "--port", 8000] });
  expect(services.api?.command).toEqual(["uvicorn", "--port", "8000"]);
});

test.each([
  ["own", {}],
  ["own", { passwordGeneration: 2 }],
  [
    "managed",
    { mode: "managed", url: "postgresql://app:p%40ss@db.example.com:5433/erp?sslmode=require" },
  ],
  ["none", { mode: "none" }],
])("Postgres may be %s: %j", (mode, postgres) => {
  const without = mode === "none" ? { "secrets.DATABASE_URL": undefined, migration: {} } : {};
  expect(read({ postgres, ...without }).postgres).toMatchObject({ mode, ...postgres });
});

test.each(["redis://cache.example.com", "rediss://:planted@cache.example.com:6380/2"])(
  "Redis may be managed: %s",
  (url) => {
    expect(read({ redis: { mode: "managed", url } }).redis).toEqual({ mode: "managed", url });
  },
);

test("an application without Celery needs neither Redis nor app.celery", () => {
  const { app, redis } = read({
    "app.celery": undefined,
    workers: undefined,
    beat: undefined,
    redis: { mode: "none" },
    "images.redis": undefined,
    "secrets.REDIS_URL": undefined,
  });
  expect(app.celery).toBeUndefined();
  expect(redis.mode).toBe("none");
});

test("a stack behind another stack's edge needs no image of Traefik", () => {
  const { edge } = read({
    edge: { mode: "shared", name: "front" },
    tls: undefined,
    "images.traefik": undefined,
  });
  expect(edge).toMatchObject({ mode: "shared", name: "front", certificates: "acme" });
});

test("a stack may be nothing but the edge", () => {
  const { releaseKey, images: all, edge, tls } = erp();
  const none = { mode: "none" };
  configure({ releaseKey, images: all, edge, tls, postgres: none, redis: none });
  expect(readSettings()).toMatchObject({ services: {}, workers: {}, beat: { enabled: false } });
});

test("secrets may become environment variables where every service has a command", () => {
  expect(read({ "app.secretsAs": "environment" }).app.secretsAs).toBe("environment");
});

test("an image comes from a registry by digest, with a port and a tag beside it, or by its id", () => {
  const reference = `registry.example.com:5000/team/erp:1.2@${images.app}`;
  const { app } = read({ "app.image": reference, transport: "pull" });
  expect(app.image).toBe(reference);
  expect(read().app.image).toBe(images.app);
});

test("credentials are for a registry with or without a port", () => {
  const credentials = { username: "ci", password: planted.registry };
  const { registries } = read({
    registries: { "ghcr.io": credentials, "registry.example.com:5000": credentials },
  });
  expect(Object.keys(registries)).toEqual(["ghcr.io", "registry.example.com:5000"]);
});

test("keys of other programs and providers are left alone", () => {
  configure(erp());
  const others = { ...pulumi.runtime.allConfig(), "docker:host": "ssh://elsewhere" };
  pulumi.runtime.setAllConfig(others, ["slipway:releaseKey"]);
  expect(readSettings().host.socket).toBe("unix:///var/run/docker.sock");
});
