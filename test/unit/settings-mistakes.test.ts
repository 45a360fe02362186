import { expect, test } from "vitest";
import { describeMistakes } from "../../infra/schema/mistakes.ts";
import { planted } from "./configuration.ts";
import { expectOneMistake, hidden, refusal } from "./refusal.ts";

const address = "erp.example.com";
const pinned = "registry.example.com/erp@sha256:<64 hex digits>";
const port = "a port number from 1 to 65535";
const reserved = "other than beat, edge, maintenance, migration, postgres and redis";

/** Key and bad value; what is allowed, what to type. What was found is the value itself. */
const plain: [key: string, value: unknown, allowed: string, type: string][] = [
  ["services.api.port", 0, port, "set 8000"],
  ["services.api.port", 65536, port, "set 8000"],
  ["services.api.port", "8000", port, "set 8000"],
  ["services.api.port", undefined, port, "set 8000"],
  ["services.api.replicas", 0, "a whole number from 1 to 20", "set 2"],
  ["services.api.replicas", 1.5, "a whole number from 1 to 20", "set 2"],
  ["services.api.memoryMegabytes", 8, "a memory limit in megabytes from 16", "set 256"],
  ["services.api.stopSeconds", 0, "a number of seconds from 1 to 3600", "set 30"],
  ["services.api.hosts", address, "a list of host names", `[0] ${address}`],
  ["services.api.command", "uvicorn erp:app", "a command as a list of words", "[0] uvicorn"],
  ["services.api.command", [], "a command as a list of words", "[0] uvicorn"],
  [
    "services.api.probes.liveness",
    "healthz",
    "a path that begins with a slash",
    "set /healthz/ready",
  ],
  [
    "edge.acme.server",
    "http://ca.example.com",
    "the URL of the authority's directory",
    "set https://acme-staging-v02.api.letsencrypt.org/directory",
  ],
  ["edge.acme.challenge", "dns-01", "one of http, tls, dns", "set http"],
  ["edge.maxHeaderKilobytes", 2, "a number of kilobytes from 4 to 1024", "set 64"],
  ["http.maxBodyMegabytes", 0.5, "a number of megabytes from 1", "set 20"],
  ["services.api.hidden", "/metrics", "a list of paths", "[0] /metrics"],
  ["host.address", "https://203.0.113.10", "a host name in lower case", "set 203.0.113.10"],
  ["host.user", "root; true", "the name of a user on the host", "set deploy"],
  ["host.hostKey", "SHA256:abc", "the host's public key", "set ssh-ed25519 AAAA..."],
  ["services.api.user", "0:0", "a numeric user and group other than root", "set 10001:10001"],
  ["services.api.image", "erp:latest", "an image that cannot move", `set ${pinned}`],
  ["services.api", null, "a map with the keys image, user", "rm"],
  ["services.Api", { port: 1 }, "as a key, a name of lower-case letters", "rm"],
  ["services.beat", { port: 1 }, reserved, "rm"],
  ["services.edge", { port: 1 }, reserved, "rm"],
  ["services.maintenance", { port: 1 }, reserved, "rm"],
  ["services.migration", { port: 1 }, reserved, "rm"],
  ["services.postgres", { port: 1 }, reserved, "rm"],
  ["services.redis", { port: 1 }, reserved, "rm"],
  ["services", ["api"], "a map from names to services", "rm"],
  ["workers.beat", {}, reserved, "rm"],
  ["workers.worker.concurrency", 0, "a number of processes from 1 to 64", "set 2"],
  ["workers.worker.queues", [], "a list of at least one queue", "[0] default"],
  ["beat", [], "a map with the keys enabled", "rm"],
  ["beat.enabled", "yes", "true or false", "set true"],
  ["migration.timeoutSeconds", 4000, "a number of seconds from 1 to 3600", "set 30"],
  ["app.user", "app", "a numeric user and group", "set 10001:10001"],
  ["app.image", "registry.example.com/erp:1.2", "an image that cannot move", `set ${pinned}`],
  ["app.image", "sha256:5555", "an image that cannot move", `set ${pinned}`],
  ["app.secretsAs", "env", "one of files, environment", "set files"],
  ["app.celery", "", "a text that is not empty", "set value"],
  ["app.volumes.postgres", "/data", "other than backups, postgres and redis", "rm"],
  ["app.volumes.a-b", "/data", "lower-case letters, digits and underscores", "rm"],
  [
    "app.volumes.uploads",
    "/run/secrets",
    "outside of /dev, /proc, /run",
    "set /var/lib/erp/uploads",
  ],
  ["app.volumes.uploads", "/srv/../run", "an absolute path", "set /var/lib/erp/uploads"],
  ["settings", ["A=1"], "a map from environment variables to values", "rm"],
  ["settings.LOG", null, "a text, a number, true or false", "set value"],
  ["settings.LOG-LEVEL", "INFO", "as a key, the name of an environment variable", "rm"],
  ["settings.SLIPWAY_RELEASE", "1", "does not begin with SLIPWAY_", "rm"],
  ["host.directory", "/", "an absolute path without a slash at the end", "set /var/lib/slipway"],
  ["host.directory", "/var/lib/..", "an absolute path", "set /var/lib/slipway"],
  ["transport", "push", "one of pull, copy", "set pull"],
  ["edge", "own", "a map whose key mode is one of own, shared", ".mode own"],
  ["edge.mode", "none", "one of own, shared", "set own"],
  ["edge.name", "staging-postgres", "does not end with -data, -edge", "set edge"],
  ["edge.address", "localhost", "an IP address of the host", "set 127.0.0.1"],
  ["edge.email", "ops", "a mail address", "set ops@example.com"],
  ["postgres.mode", "external", "one of own, managed, none", "set own"],
  ["postgres.database", "My-App", "a database name of lower-case letters", "set app"],
  ["redis.passwordGeneration", 0, "a whole number from 1", "set 2"],
];

test.each(plain)("%s: %j is refused", (key, value, allowed, type) => {
  const found = value === undefined ? "nothing" : JSON.stringify(value);
  expectOneMistake(refusal({ [key]: value }), { key, found, allowed, type });
});

test.each([
  ["services.api.hosts", "Erp.example.com", "a host name in lower case", `set ${address}`],
  [
    "services.api.hosts",
    "https://erp.example.com/",
    "without scheme, port or path",
    `set ${address}`,
  ],
  ["services.api.command", "", "a word that is not empty", "set VALUE"],
  ["workers.worker.queues", "a b", "a queue's name of letters", "set default"],
])("%s: [%j] is refused by its place in the list", (list, value, allowed, type) => {
  const found = JSON.stringify(value);
  expectOneMistake(refusal({ [list]: [value] }), { key: `${list}[0]`, found, allowed, type });
});

test.each([
  ["workers.worker.queues", ["mail", "pdf", "mail"]],
  ["services.api.secrets", ["REDIS_URL", "DATABASE_URL", "REDIS_URL"]],
  ["services.api.volumes", ["uploads", "uploads"]],
  ["services.api.hosts", ["a.example.com", "b.example.com", "a.example.com"]],
])("%s: %j stands twice", (list, value) => {
  const key = `${list}[${value.length - 1}]`;
  const found = list.endsWith("secrets") ? hidden : JSON.stringify(value.at(-1));
  const allowed = "something that does not stand in the list already";
  expectOneMistake(refusal({ [list]: value }), { key, found, allowed, type: "rm" });
});

test.each(["regoin", "services.api.prot", "postgres.memory", "edge.domain"])(
  "the key %s is not known",
  (key) => {
    const found = "a key that is not known";
    const allowed = "a map with the keys ";
    expectOneMistake(refusal({ [key]: 1 }), { key, found, allowed, type: "rm" });
  },
);

test("a number that the CLI would store as a text is set with its type", () => {
  const key = "services.api.cpus";
  expectOneMistake(refusal({ [key]: "0.5" }), {
    ...{ key, found: '"0.5"', allowed: "a number of processors from 0.05" },
    type: `set --type float --path 'slipway:${key}' '0.5'`,
  });
});

const url = (rest: string) => `postgresql://app:${planted.managed}${rest}`;
const managed = "postgresql://user:password@host:5432/database";

test.each([
  ["releaseKey", "short", "random text of 32 characters or more", "'VALUE'"],
  ["secrets.PIN", 1234, "a text", "'VALUE'"],
  [
    "tls.certificate",
    planted.tlsKey,
    "a certificate (or a chain of them) in PEM",
    "< certificate.pem",
  ],
  ["tls.key", planted.tlsKey, "a private key in PEM", "< key.pem"],
  ["postgres", { mode: "managed", url: url("#x@db/erp") }, managed, "'VALUE'"],
  ["postgres", { mode: "managed", url: url("%zz@db/erp") }, managed, "'VALUE'"],
  ["postgres", { mode: "managed", url: url("%ff@db/erp") }, managed, "'VALUE'"],
  ["postgres", { mode: "managed", url: url("@db:99999/erp") }, managed, "'VALUE'"],
  ["postgres", { mode: "managed", url: url("@db") }, managed, "'VALUE'"],
  ["redis", { mode: "managed", url: url("@db") }, "redis://user:password@host:6379/0", "'VALUE'"],
])(
  "a secret in %s: it is told what is allowed, not what was found",
  (section, value, allowed, type) => {
    const message = refusal({ [section]: value });
    const key = typeof value === "object" ? `${section}.url` : section;
    const line = `set --secret --path 'slipway:${key}' ${type}`;
    expectOneMistake(message, { key, found: hidden, allowed, type: line });
    for (const secret of Object.values(planted)) expect(message).not.toContain(secret);
  },
);

test("the key that seals secrets is refused in plain text", () => {
  const allowed = "the same, kept as a secret";
  const type = "set --secret --path 'slipway:releaseKey' 'VALUE'";
  const message = refusal({}, ["secrets", "tls"]);
  expectOneMistake(message, { key: "releaseKey", found: hidden, allowed, type });
});

test("the line to type says no stack where a shell goes to that one by itself", () => {
  const issues = [{ code: "custom" as const, path: ["app", "image"], message: "an image" }];
  const reading = { stack: "local", project: "slipway", given: {}, secret: new Set<string>() };
  expect(describeMistakes(issues, reading)).toContain(
    "type     npm run pulumi -- config set --path 'slipway:app.image' 'VALUE'",
  );
});

test("long values are cut", () => {
  const [, found = ""] = /found {4}(.*)/.exec(refusal({ "edge.email": "x".repeat(500) })) ?? [];
  expect(found).toMatch(/^"x{76}\.\.\.$/);
});
