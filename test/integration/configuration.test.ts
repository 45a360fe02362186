import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Document, parseDocument } from "yaml";
import { TestStack } from "./stack.ts";

const stack = new TestStack();
let good: string;

/** A configuration whose images nobody has: it is parsed, and no container is ever made of it. */
beforeAll(async () => {
  await stack.prepare();
  process.env.SLIPWAY_LOCAL_STACK = stack.name;
  const { makeLocalStack } = await import("../../scripts/local-stack.ts");
  const { ensureToolchain } = await import("../../scripts/toolchain/ensure-toolchain.ts");
  await makeLocalStack(await ensureToolchain({ detail: () => {}, note: () => {} }));
  const config = parseDocument(readFileSync(stack.configFile, "utf8"));
  const image = (digit: string) => `sha256:${digit.repeat(64)}`;
  for (const [index, name] of ["postgres", "redis", "traefik", "helper"].entries()) {
    config.setIn(["config", "slipway:images", name], image(String(index)));
  }
  config.setIn(["config", "slipway:app", "image"], image("a"));
  const { issueCertificate } = await import("../../scripts/local-certificate.ts");
  const tls = await issueCertificate(["localhost"], {
    certificateFile: join(stack.files, "authority.pem"),
    keyFile: join(stack.files, "authority.key"),
  });
  config.setIn(["config", "slipway:tls"], tls);
  good = config.toString();
});

afterAll(() => stack.takeDown());

async function preview(name: string, change: (config: Document) => void) {
  const config = parseDocument(good);
  change(config);
  const file = join(stack.directory, `${name}.yaml`);
  writeFileSync(file, config.toString());
  return stack.pulumi("preview", "--config-file", file);
}

const set = (path: string, value: unknown) => (config: Document) => {
  const [top = "", ...rest] = path.split(".");
  config.setIn(
    ["config", `slipway:${top}`, ...rest.map((part) => (/^\d+$/.test(part) ? Number(part) : part))],
    value,
  );
};

const digest = "0".repeat(64);

/** What is changed, the key that the message names, and a part of what it says is allowed. */
const bad: [what: string, change: (config: Document) => void, key: string, allowed: RegExp][] = [
  ["an unknown key", set("services.api.prot", 8000), "services.api.prot", /command, port, hosts/],
  ["a key nobody knows at the top", set("sevices", {}), "sevices", /services, workers/],
  ["a port in words", set("services.api.port", "eighty"), "services.api.port", /1 to 65535/],
  ["a port too high", set("edge.httpsPort", 70000), "edge.httpsPort", /1 to 65535/],
  [
    "the same port twice",
    set("edge.httpsPort", 4711),
    "edge.httpsPort",
    /another port than edge.httpPort/,
  ],
  [
    "an image by tag",
    set("app.image", "registry.example.com/erp:latest"),
    "app.image",
    /cannot move/,
  ],
  ["an image without tag", set("images.postgres", "postgres"), "images.postgres", /cannot move/],
  [
    "a host name with scheme",
    set("services.api.hosts.0", "https://erp.example.com"),
    "services.api.hosts[0]",
    /host name in lower case/,
  ],
  [
    "a probe without slash",
    set("services.api.probes.readiness", "healthz"),
    "services.api.probes.readiness",
    /begins with a slash/,
  ],
  ["no replicas", set("services.api.replicas", 0), "services.api.replicas", /1 to 20/],
  [
    "a command as text",
    set("services.api.command", "uvicorn erp.main:app"),
    "services.api.command",
    /list of words/,
  ],
  [
    "an unknown reference",
    set("secrets.BROKER_URL", "{rabbitmq.url}"),
    "secrets.BROKER_URL",
    /\{redis\.url\}/,
  ],
  [
    "a secret reference in a setting",
    set("settings.DSN", "{postgres.password}"),
    "settings.DSN",
    /\{postgres\.host\}/,
  ],
  ["a worker without a broker", set("redis", { mode: "none" }), "redis.mode", /broker/],
  [
    "a migration without Postgres",
    set("postgres", { mode: "none" }),
    "migration.enabled",
    /no Postgres/,
  ],
  ["a managed Redis without URL", set("redis", { mode: "managed" }), "redis.url", /redis:\/\//],
  [
    "a secret that is not declared",
    set("services.api.secrets", ["NOPE"]),
    "services.api.secrets[0]",
    /one of DATABASE_URL/,
  ],
  [
    "a volume that is not declared",
    set("workers.worker.volumes", ["attic"]),
    "workers.worker.volumes[0]",
    /one of uploads/,
  ],
  ["root as user", set("app.user", "0:0"), "app.user", /other than root/],
  [
    "a redirect to nowhere",
    set("services.api.redirects", { "www.localhost": "elsewhere" }),
    "services.api.redirects",
    /services.api.hosts/,
  ],
  [
    "one host name for two services",
    set("services.web", { port: 80, hosts: ["localhost"] }),
    "services.web.hosts[0]",
    /a host name of its own/,
  ],
  ["an edge of no known mode", set("edge.mode", "rented"), "edge.mode", /own, shared/],
  ["a name with blanks", set("settings", { "LOG LEVEL": "x" }), "settings", /environment variable/],
  [
    "a setting that is a secret as well",
    set("settings.DATABASE_URL", "x"),
    "settings.DATABASE_URL",
    /not among/,
  ],
];

describe("refuses before anything is registered", () => {
  it.each(bad)("%s", async (what, change, key, allowed) => {
    const edgePort = what === "the same port twice" ? set("edge.httpPort", 4711) : () => {};
    const { exitCode, all } = await preview(what.replaceAll(" ", "-"), (config) => {
      edgePort(config);
      change(config);
    });
    expect(exitCode).not.toBe(0);
    expect(all).toContain(`slipway:${key}`);
    expect(all).toMatch(/found {4}\S/);
    expect(all).toMatch(new RegExp(`allowed {2}.*${allowed.source}`));
    expect(all).toMatch(/type {5}npm run pulumi -- --stack \S+ config (set|rm) /);
    expect(all).not.toContain("docker:index");
  });
});

it("shows all mistakes in one message, and of secrets not the value", async () => {
  const { all } = await preview("three", (config) => {
    set("services.api.port", 0)(config);
    set("postgres", { mode: "managed", url: "mysql://root:hunter22@db/app" })(config);
    set("workers.worker.queues", [])(config);
  });
  expect(all).toContain("has 3 mistakes; nothing was changed");
  expect(all).not.toContain("hunter22");
});

it("accepts what is good, and a registry's image by digest", async () => {
  const { exitCode, all } = await preview(
    "good",
    set("app.image", `registry.example.com/erp@sha256:${digest}`),
  );
  expect(exitCode, all).toBe(0);
  expect(all).toMatch(/\d+ to create/);
});
