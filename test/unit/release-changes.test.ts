import { beforeAll, describe, expect, test } from "vitest";
import { images } from "./configuration.ts";
import { releaseContainers, runProgram } from "./program.ts";
import { record } from "./record.ts";

const recorder = await record();

/** What the containers of a release are and read, by the names of their resources. */
async function declared(changes: Record<string, unknown> = {}) {
  const { release } = await runProgram(recorder, changes);
  const files = recorder.named(`release-${release}-files`);
  const parts = [...releaseContainers(recorder), files].map(({ name, inputs }) => [name, inputs]);
  return { release, parts: Object.fromEntries(parts) as Record<string, unknown> };
}

type Declared = Awaited<ReturnType<typeof declared>>;
let base: Declared;

beforeAll(async () => {
  base = await declared();
});

const other = `sha256:${"9".repeat(64)}`;

const user = "10001:10001";
const ownUsers = { "services.api.user": user, "workers.worker.user": user, "beat.user": user };

describe("makes a new release", () => {
  test.each<[string, Record<string, unknown>]>([
    ["the image", { "app.image": other }],
    ["a service's image", { "services.api.image": other }],
    ["a command", { "services.api.command": ["gunicorn", "erp.main:app"] }],
    ["the user", { "app.user": "20002:20002" }],
    ["a setting", { "settings.LOG_LEVEL": "DEBUG" }],
    ["a setting of one service", { "services.api.settings": { LOG_LEVEL: "DEBUG" } }],
    ["a secret's value", { "secrets.JWT_SECRET_KEY": "another" }],
    ["a secret more", { "secrets.SENTRY_DSN": "https://sentry.example.com" }],
    ["who reads a secret", { "services.api.secrets": ["DATABASE_URL"] }],
    ["who writes a migration's files", { "app.user": "20002:20002", ...ownUsers }],
    ["how secrets are given", { "app.secretsAs": "environment" }],
    ["a migration's secret", { "migration.secrets.DATABASE_URL": "{postgres.url}" }],
    ["a migration's command", { "migration.command": ["alembic", "upgrade", "heads"] }],
    ["what asks for pending migrations", { "migration.pending": ["sh", "pending.sh"] }],
    ["a limit of memory", { "services.api.memoryMegabytes": 300 }],
    ["a limit of processors", { "workers.worker.cpus": 0.5 }],
    ["a port", { "services.api.port": 8001 }],
    ["a probe", { "services.api.probes.liveness": "/live" }],
    ["the time to stop", { "workers.worker.stopSeconds": 90 }],
    ["queues", { "workers.worker.queues": ["default"] }],
    ["concurrency", { "workers.worker.concurrency": 3 }],
    ["a mount", { "app.volumes.uploads": "/srv/uploads" }],
    ["a worker more", { "workers.mailer": { queues: ["mail"] } }],
    ["beat", { beat: {} }],
    ["a password's generation", { "postgres.passwordGeneration": 2 }],
    ["the generation of Redis' password", { "redis.passwordGeneration": 2 }],
    ["what a reference means: the database", { "postgres.database": "erp" }],
    ["what a reference means: the public address", { "services.api.hosts": ["erp.example.com"] }],
    ["what a reference means: the public port", { "edge.httpsPort": 9443 }],
    ["another server", { redis: { mode: "managed", url: "redis://cache.example.com" } }],
    ["the key that seals secrets", { releaseKey: "another-release-key-0123456789abcdef" }],
    ["where files lie on the host", { "host.directory": "/srv/slipway" }],
  ])("%s", async (_, changes) => {
    expect((await declared(changes)).release).not.toBe(base.release);
  });
});

test("a service's address is a part of the release where somebody names it", async () => {
  const changes = (host: string, addresses = {}) =>
    declared({ "services.front": { port: 80, hosts: [host] }, ...addresses });
  const named = { "settings.FRONT_URL": "{services.front.url}" };
  const releaseOf = async (...words: Parameters<typeof changes>) =>
    (await changes(...words)).release;
  expect(await releaseOf("a.example.com")).toBe(await releaseOf("b.example.com"));
  expect(await releaseOf("a.example.com", named)).not.toBe(await releaseOf("b.example.com", named));
});

describe("makes no new release, and leaves what serves as it is", () => {
  test.each<[string, Record<string, unknown>]>([
    ["nothing", {}],
    ["replicas of a worker", { "workers.worker.replicas": 2 }],
    ["a server's image", { "images.postgres": other, "images.traefik": other }],
    ["a server's memory", { "postgres.memoryMegabytes": 1024, "redis.memoryMegabytes": 256 }],
    ["a server's parameter", { "postgres.parameters": { work_mem: "8MB" } }],
    ["a second host name", { "services.api.hosts": ["localhost", "erp.example.com"] }],
    ["the smoke test's path", { "services.api.probes.smoke": ["/healthz/ready"] }],
    ["the edge's port of plain HTTP", { "edge.httpPort": 9080 }],
    [
      "what the edge does to requests",
      { "services.api.hidden": ["/metrics"], "http.maxBodyMegabytes": 20 },
    ],
    [
      "how a migration is guarded",
      {
        ...{ "migration.lockSeconds": 9, "migration.statementSeconds": 9 },
        "migration.downtime": "declared",
      },
    ],
    ["credentials of a registry", { registries: { "ghcr.io": { username: "a", password: "b" } } }],
    [
      "a default that is written down",
      { "app.secretsAs": "files", "migration.timeoutSeconds": 600 },
    ],
  ])("%s", async (_, changes) => {
    const { release, parts } = await declared(changes);
    expect(release).toBe(base.release);
    for (const name in base.parts) expect(parts[name]).toEqual(base.parts[name]);
  });
});

test("fewer replicas keep their names", async () => {
  const two = await declared({ "services.api.replicas": 2 });
  expect(two.release).toBe(base.release);
  expect(Object.keys(two.parts)).toHaveLength(Object.keys(base.parts).length + 1);
  const containers = Object.keys(base.parts).filter((name) => !name.endsWith("-files"));
  for (const name of containers) expect(two.parts[name]).toEqual(base.parts[name]);
});

test("an image that nobody runs any more is not what a release is", async () => {
  expect(images.app).not.toBe(other);
  const back = await declared({ "app.image": images.app });
  expect(back.release).toBe(base.release);
});
