import { beforeAll, expect, test } from "vitest";
import { migration } from "../../components/migration.ts";
import { environment, host, variablesOf } from "./environment.ts";
import { record } from "./record.ts";

const recorder = await record();
const words = ["sh", "-c", "alembic upgrade head\necho 'done *'"];
const settings = { LOG_LEVEL: "INFO", PUBLIC_KEY: "-----BEGIN\nMII=\n-----END", EMPTY: "" };

beforeAll(async () => {
  migration("migration", {
    ...{ host, environment, release: "0123abcd", image: "erp", user: "10001:10001" },
    ...{ command: words, pending: ["sh", "-c", "cat 'pending'"], settings },
    ...{ memoryMegabytes: 256, timeoutSeconds: 600, readySeconds: 70, stopSeconds: 30 },
    ...{
      heads: "0002_ticks",
      database: "erp",
      redis: "own",
      archives: true,
      downtime: "declared",
    },
    page: {
      edge: "edge",
      address: "0.0.0.0",
      httpsPort: 8443,
      hosts: ["a.example.com", "b.example.com"],
    },
  });
  await recorder.wait();
});

const variables = () => variablesOf(recorder.named("migration").inputs.stdin);
const decoded = (lines = "") =>
  lines.split("\n").map((line) => Buffer.from(line, "base64").toString());

test("command and settings arrive word by word, with lines and quotes of their own", () => {
  expect(decoded(variables().COMMAND)).toEqual(words);
  expect(decoded(variables().SETTINGS)).toEqual([
    "LOG_LEVEL=INFO",
    "PUBLIC_KEY=-----BEGIN\nMII=\n-----END",
    "EMPTY=",
  ]);
});

test("it runs in the release's image as its user, with the release's files", () => {
  expect(variables()).toMatchObject({
    ...{ STACK: "staging", RELEASE: "0123abcd", IMAGE: "erp", RUN_AS: "10001:10001" },
    ...{ DIRECTORY: "staging/releases/0123abcd", SECRETS_AS: "files", MEMORY: "256m" },
  });
});

test("it reaches what the application reaches: a managed database is not on the data network", () => {
  expect(variables()).toMatchObject({
    ...{ DATA_NETWORK: "slipway-staging-data", EDGE_NETWORK: "slipway-staging-edge" },
  });
});

test("the script ends by itself before the host ends it", () => {
  expect(variables().TIMEOUT).toBe("600");
  expect(variables().READY_SECONDS).toBe("70");
  // Restore point, rehearsal and migration, the old code, its end, and what comes in between.
  expect(recorder.named("migration").inputs.create).toContain(
    `--kill-after=10 ${3 * 600 + 70 + 30 + 420} `,
  );
});

test("it knows what to ask, what to save and how it is saved", () => {
  expect(decoded(variables().PENDING)).toEqual(["sh", "-c", "cat 'pending'"]);
  expect(variables()).toMatchObject({
    ...{ DATABASE: "erp", REDIS: "own", ARCHIVES: "yes", DOWNTIME: "declared" },
  });
});

test("the page for its downtime stands before the stack's host names, at the edge that it has", () => {
  expect(variables()).toMatchObject({
    ...{ HOSTS: "a.example.com\nb.example.com", EDGE_ADDRESS: "127.0.0.1", EDGE_PORT: "8443" },
    ROUTES_FILE: "edges/edge/dynamic/staging-maintenance.yml",
  });
  const [router] = Object.values(JSON.parse(variables().ROUTES ?? "").http.routers);
  expect(router).toMatchObject({ rule: "Host(`a.example.com`) || Host(`b.example.com`)" });
});

test("what it says is shown", () => {
  expect(recorder.named("migration").inputs.logging).toBe("stdout");
});

test("a release that goes undoes no migration", () => {
  expect(recorder.named("migration").inputs).not.toHaveProperty("delete");
});
