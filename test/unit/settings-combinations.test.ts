import { describe, expect, test } from "vitest";
import { certificates, images } from "./configuration.ts";
import { hidden, refusal, refused } from "./refusal.ts";

const none = { mode: "none" };
const front = { port: 80, image: images.app };
const pin = (name: string) => `set registry.example.com/${name}@sha256:<64 hex digits>`;

const put = "set --secret --path 'slipway:tls.certificate' < certificate.pem";
const hostKey = `ssh-ed25519 ${"A".repeat(68)}`;

describe("of the host", () =>
  refused([
    {
      title: "one that is reached by SSH has a key that is known",
      given: { "host.address": "203.0.113.10" },
      ...{ key: "host.hostKey", type: "set ssh-ed25519 AAAA..." },
      allowed: "the host's public key, which the provider's console shows",
    },
    {
      title: "a key of a host that is not reached by SSH",
      given: { "host.hostKey": hostKey },
      ...{ key: "host.hostKey", found: `"${hostKey.slice(0, 76)}...`, type: "rm" },
      allowed: "nothing without host.address",
    },
  ]));

describe("of servers and edge", () =>
  refused([
    {
      title: "a server of one's own needs an image",
      given: { "images.redis": undefined },
      ...{ key: "images.redis", type: pin("redis") },
      allowed: "an image by digest, since this stack runs its own server",
    },
    {
      title: "an edge of one's own needs an image",
      given: { "images.traefik": undefined },
      ...{ key: "images.traefik", type: pin("traefik") },
      allowed: "an image by digest, since this stack runs its own server",
    },
    {
      title: "the edge's two ports differ",
      given: { "edge.httpsPort": 8080 },
      ...{ key: "edge.httpsPort", found: "8080", type: "set 443" },
      allowed: "another port than edge.httpPort",
    },
    {
      title: "certificates of a public authority need a mail address",
      given: { "edge.certificates": "acme", tls: {} },
      ...{ key: "edge.email", type: "set ops@example.com" },
      allowed: "a mail address, since edge.certificates is acme",
    },
    {
      title: "a certificate that nothing would use",
      given: { "edge.certificates": "acme", "edge.email": "ops@example.com" },
      ...{ key: "edge.certificates", found: '"acme"', type: "set provided" },
      allowed: "provided, since there is a certificate under tls",
    },
    {
      title: "a certificate that has ended",
      given: { "tls.certificate": certificates.ended },
      ...{ key: "tls.certificate", type: put, found: hidden },
      allowed: "a certificate that is still valid: this one ended Jan  1 00:00:00 2021 GMT",
    },
    {
      title: "a certificate that is not for all host names",
      given: { "services.api.hosts": ["localhost", "elsewhere.org"] },
      ...{ key: "tls.certificate", type: put, found: hidden },
      allowed: "a certificate for elsewhere.org as well",
    },
    {
      title: "somebody has to write the records of DNS",
      given: { "edge.acme.challenge": "dns" },
      ...{ key: "edge.acme.dns.provider", type: "set cloudflare" },
      allowed: "who writes the records of DNS, since edge.acme.challenge is dns",
    },
    {
      title: "records of DNS that nobody looks for",
      given: { "edge.acme.dns": { provider: "cloudflare" } },
      ...{ key: "edge.acme.dns", found: '{"provider":"cloudflare"}', type: "rm" },
      allowed: "nothing, since edge.acme.challenge is not dns",
    },
    {
      title: "browsers take up no name that HSTS does not hold for with all below it",
      given: { "http.hsts": { preload: true } },
      ...{ key: "http.hsts.preload", found: "true", type: "set false" },
      allowed: "false, since browsers take up no name whose http.hsts.subdomains is false",
    },
    {
      title: "workers need a broker",
      given: { redis: none, "secrets.REDIS_URL": undefined, beat: {} },
      ...{ key: "redis.mode", found: '"none"', type: "set own" },
      allowed: "own or managed, since workers and beat need a broker",
    },
    {
      title: "a migration needs a database",
      given: { postgres: none, "secrets.DATABASE_URL": undefined, "migration.secrets": undefined },
      ...{ key: "migration.enabled", found: "true", type: "set false" },
      allowed: "false, since there is no Postgres to migrate",
    },
  ]));

test("all images that are missing are named, whichever they are", () => {
  const message = refusal({ images: {} });
  const named = [...message.matchAll(/^ {2}slipway:images\.(\w+)$/gm)].map(([, name]) => name);
  expect(named.sort()).toEqual(["helper", "postgres", "redis", "traefik"]);
  const images = refusal({ images: { helper: "helper:latest", traefik: "sha256:5" } });
  expect(images).toContain("has 4 mistakes");
});

describe("of services, workers and beat", () =>
  refused([
    {
      title: "a service and a worker of one name",
      given: { "services.worker": front },
      ...{
        key: "workers.worker",
        found: '{"queues":["default","invoices"],"concurrency":1}',
        type: "rm",
      },
      allowed: "a worker of another name, since there is a service worker",
    },
    {
      title: "nothing with an image",
      given: { "app.image": undefined, migration: {} },
      ...{ key: "app.image", type: pin("erp") },
      allowed: "an image by digest, here or for the whole application as app.image",
    },
    {
      title: "a service without an image",
      given: {
        ...{ "app.image": undefined, "services.front": front },
        ...{ workers: {}, beat: {}, migration: {} },
      },
      ...{ key: "services.api.image", type: pin("erp") },
      allowed: "an image by digest, here or for the whole application as app.image",
    },
    {
      title: "a migration without an image",
      given: { "app.image": undefined, services: { front }, workers: {}, beat: {} },
      ...{ key: "app.image", type: pin("erp") },
      allowed: "an image by digest, here or for the whole application as app.image",
    },
    {
      title: "a migration for nobody",
      given: { services: {}, workers: {}, beat: {} },
      ...{ key: "migration.enabled", found: "true", type: "set false" },
      allowed: "false, since there is no service and no worker to migrate for",
    },
    {
      title: "a migration of which nobody knows what it would do",
      given: { "migration.command": ["python", "manage.py", "migrate"] },
      ...{ key: "migration.pending", type: "set --path 'slipway:migration.pending[0]' 'sh'" },
      allowed: "the command that prints pending migrations, a line each",
    },
    {
      title: "workers without the name of the Celery application",
      given: { "app.celery": undefined },
      ...{ key: "app.celery", type: "set erp.worker" },
      allowed: "the Celery application (celery -A NAME)",
    },
    {
      title: "beat without a worker",
      given: { workers: {} },
      ...{ key: "workers", found: "{}", type: ".worker.queues[0] default" },
      allowed: "at least one worker, since beat is on",
    },
    {
      title: "a secret that is not declared",
      given: { "services.api.secrets": ["DATABASE_URL", "SENTRY_DSN"] },
      ...{ key: "services.api.secrets[1]", found: hidden, type: "rm" },
      allowed: "one of DATABASE_URL, REDIS_URL, JWT_SECRET_KEY",
    },
    {
      title: "a volume that is not declared",
      given: { "workers.worker.volumes": ["archive"] },
      ...{ key: "workers.worker.volumes[0]", found: '"archive"', type: "rm" },
      allowed: "one of uploads",
    },
    {
      title: "two volumes at one place",
      given: { "app.volumes.archive": "/var/lib/erp/uploads" },
      ...{
        key: "app.volumes.archive",
        found: '"/var/lib/erp/uploads"',
        type: "set /var/lib/archive",
      },
      allowed: "a place that no other volume is mounted at",
    },
    {
      title: "secrets in the environment of a service whose command nobody knows",
      given: { "app.secretsAs": "environment", "services.api.command": undefined },
      key: "services.api.command",
      allowed: "the command, since app.secretsAs is environment",
      type: "set --path 'slipway:services.api.command[0]' 'uvicorn'",
    },
    {
      title: "a worker's command that does not say where the queues go",
      given: { "workers.worker.command": ["celery", "worker", "-Qdefault"] },
      ...{
        key: "workers.worker.command",
        found: '["celery","worker","-Qdefault"]',
        type: "[0] celery",
      },
      allowed: "a command with the word {queues}",
    },
    {
      title: "beat's command that does not say where the schedule lies",
      given: { "beat.command": ["celery", "beat"] },
      ...{ key: "beat.command", found: '["celery","beat"]', type: "[0] celery" },
      allowed: "a command with the word {schedule}",
    },
  ]));

test("a certificate that is to be provided is asked for with its key", () => {
  const message = refusal({ tls: {} });
  expect(message).toContain("has 2 mistakes");
  expect(message).toContain("set --secret --path 'slipway:tls.certificate' < certificate.pem");
  expect(message).toContain("set --secret --path 'slipway:tls.key' < key.pem");
});

test("all mistakes come in one message, those of single keys and those of combinations", () => {
  const message = refusal({
    "services.api.port": 0,
    "postgres.database": "My-App",
    "edge.httpsPort": 8080,
    "app.celery": undefined,
    tls: undefined,
    regoin: "eu",
  });
  expect(message).toContain("has 7 mistakes; nothing was changed.");
  const keys = [...message.matchAll(/^ {2}slipway:(\S+)$/gm)].map(([, key]) => key);
  expect(keys.sort()).toEqual(
    ["app.celery", "edge.httpsPort", "postgres.database", "regoin"].concat([
      "services.api.port",
      "tls.certificate",
      "tls.key",
    ]),
  );
});
