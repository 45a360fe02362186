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
    ...{ command: words, settings, memoryMegabytes: 256, timeoutSeconds: 600 },
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
  expect(recorder.named("migration").inputs.create).toContain("--kill-after=10 630 ");
});

test("a release that goes undoes no migration", () => {
  expect(recorder.named("migration").inputs).not.toHaveProperty("delete");
});
