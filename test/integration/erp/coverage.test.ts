import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { resolveImages } from "../../../scripts/images/resolve-images.ts";
import { docker, throwAway, until } from "../../throw-away.ts";
import { cleanCopies, machine, pipeline } from "./example.ts";

const step = ["test", "Tests and coverage"] as const;
const anyTest = /^tests\/.*test_/;
const copy = cleanCopies();
const make = throwAway();
let servers: Record<string, string>;

beforeAll(async () => {
  const images = await resolveImages({ detail() {}, note: (line) => console.info(line) });
  /** A service of the pipeline as its file describes it, on a free port; waits until it is healthy, as GitHub does. */
  const serve = async (name: "postgres" | "redis", port: number) => {
    const flags = pipeline.serviceFlags("test", name);
    const container = await make.container(...flags, `--publish=127.0.0.1::${port}`, images[name]);
    const health = ["inspect", "--format", "{{.State.Health.Status}}", container];
    await until(async () => ((await docker(...health)) === "healthy" ? true : undefined));
    return (await docker("port", container, `${port}/tcp`)).trim();
  };
  const { DATABASE_URL = "", REDIS_URL = "" } = pipeline.environment(...step);
  servers = {
    DATABASE_URL: DATABASE_URL.replace("127.0.0.1:5432", await serve("postgres", 5432)),
    REDIS_URL: REDIS_URL.replace("127.0.0.1:6379", await serve("redis", 6379)),
  };
});

const measure = (directory: string, more = {}) =>
  pipeline.run(...step, { directory, environment: { ...machine, ...servers, ...more } });

test("every test passes with a real Postgres and Redis, and they cover enough", {
  timeout: 600_000,
}, async () => {
  const directory = await copy();
  const { isWell, said } = await measure(directory);
  expect(isWell, said).toBe(true);
  expect(said).toMatch(/\d+ passed in/);
  const report = await readFile(join(directory, "coverage/coverage.xml"), "utf8");
  expect(report).toContain('filename="erp/tasks.py"');
});

test("a test that fails, fails", async () => {
  const failing = "def test_fails() -> None:\n    raise AssertionError\n";
  const { isWell, said } = await measure(await copy({ "tests/test_more.py": failing }, anyTest));
  expect(isWell).toBe(false);
  expect(said).toContain("1 failed");
});

test("too little coverage fails", async () => {
  const passing = "from erp import models\n\n\ndef test_passes() -> None:\n    assert models\n";
  const { isWell, said } = await measure(await copy({ "tests/test_more.py": passing }, anyTest));
  expect(isWell).toBe(false);
  expect(said).toMatch(/Coverage failure: total of \d+ is less than fail-under/);
});

test("without the servers there is no coverage to speak of", async () => {
  const { isWell, said } = await measure(await copy(), { DATABASE_URL: "" });
  expect(isWell).toBe(false);
  expect(said).toBe(
    "check.sh: coverage is measured with every test: set DATABASE_URL and REDIS_URL",
  );
});
