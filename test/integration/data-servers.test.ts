import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { removeImages } from "../small-image.ts";
import { type Asked, ordersOf } from "./orders.ts";
import { docker, eventually, TestStack } from "./stack.ts";

const stack = new TestStack();
const orders = ordersOf(stack);

beforeAll(async () => {
  await stack.prepare((model) => {
    model.setIn(["config", "slipway:settings", "REQUEUE_SECONDS"], 5);
  });
  const { exitCode, all } = await stack.script("run-quickstart.ts");
  if (exitCode !== 0) throw new Error(all);
});

const made: string[] = [];

afterAll(async () => {
  await stack.takeDown();
  await removeImages(...made);
});

const inside = async (role: string, script: string) => {
  const [id = ""] = await stack.containers(role);
  return (await docker("exec", id, "sh", "-euc", script)).stdout;
};

/** As the one Redis user that may do everything. */
const redis = (...words: string[]) =>
  inside(
    "redis",
    `{ sed -n "s/^user admin on >\\([^ ]*\\) .*/AUTH admin \\1/p" /run/secrets/users.acl; echo '${words.join(" ")}'; } | redis-cli`,
  );

const status = async (path: string) => (await stack.ask(path).catch(() => undefined))?.status ?? 0;

const starts = async () => {
  const format = "{{.State.StartedAt}} {{.RestartCount}}";
  const ids = [...(await stack.containers("service")), ...(await stack.containers("worker"))];
  return (await docker("inspect", "--format", format, ...ids)).stdout;
};

const kills = {
  postgres: 'kill -9 "$(head -n 1 "$PGDATA/postmaster.pid")"',
  redis: "kill -9 $(pidof redis-server)",
};

for (const [role, kill] of Object.entries(kills)) {
  it(`${role} that is killed comes back within a minute, and nobody else restarts for it`, async () => {
    const placed = await Promise.all(["Ada", "Grace", "Edsger"].map(orders.place));
    const before = await starts();
    const lives: number[] = [];
    await inside(role, kill).catch(() => {});
    const killed = Date.now();
    await eventually("an order is placed", 60, async () => {
      lives.push(await status("/healthz/live"));
      const body = { customer: "Barbara", amount: "12.50" };
      const answer = await stack.ask("/api/v1/orders", { method: "POST", body });
      if (answer.status !== 201) {
        expect(answer.status, answer.body).toBe(503);
        return undefined;
      }
      placed.push(JSON.parse(answer.body).id);
      return (await status("/healthz/ready")) === 200 ? true : undefined;
    });
    console.info(`${role}: all well ${(Date.now() - killed) / 1000} s after the kill`);
    expect(new Set(lives)).toEqual(new Set([200]));
    for (const id of placed) await orders.invoiced(id);
    expect(await starts()).toBe(before);
  });
}

it("what was queued in a Redis that is wiped is done nevertheless, once", async () => {
  const [worker = ""] = await stack.containers("worker");
  await docker("pause", worker);
  const placed = await Promise.all(["Ada", "Grace"].map(orders.place));
  expect(await redis("FLUSHALL")).toContain("OK");
  await docker("unpause", worker);
  for (const id of placed) await orders.invoiced(id);
});

it("a Redis that is full takes no task, and no order is lost by that", async () => {
  const [, , most = ""] = (await redis("CONFIG GET maxmemory")).split("\n");
  await redis("CONFIG SET maxmemory 1");
  const placed = await orders.place("Ada");
  expect(await status("/healthz/live")).toBe(200);
  await redis(`CONFIG SET maxmemory ${most}`);
  expect((await orders.invoiced(placed)).amount).toBe("12.50");
});

/** As the superuser, in the application's database. */
const sql = (statement: string) =>
  inside("postgres", `psql --username=postgres --dbname=app -Atc "${statement}"`);

it("a Redis that is killed has all its tasks, and what a worker was at ends as well", async () => {
  const [beat = ""] = await stack.containers("beat");
  // So that nobody puts a task there again.
  await docker("stop", beat);
  const lock = sql("BEGIN; LOCK TABLE invoices IN SHARE MODE; SELECT pg_sleep(120)").catch(
    () => {},
  );
  const held = "mode = 'ShareLock' AND relation = 'invoices'::regclass AND granted";
  await eventually("no invoice can be made out", 20, async () =>
    (await sql(`SELECT count(*) FROM pg_locks WHERE ${held}`)) === "1" ? true : undefined,
  );
  const placed = await Promise.all(["Ada", "Grace", "Edsger"].map(orders.place));
  const isThere = async () => {
    const [, queued, taken] = (await redis("LLEN invoices\nHLEN unacked")).split("\n").map(Number);
    return taken && queued !== undefined && taken + queued >= placed.length ? true : undefined;
  };
  await eventually("all are queued or taken", 20, isThere);
  // What was acknowledged is on the disk within a second; on a slow one later.
  expect(await redis("SET marker 1 EX 60\nWAITAOF 1 0 60000")).toBe("OK\nOK\n1\n0");
  await inside("redis", kills.redis).catch(() => {});
  await eventually("all are there again", 60, () => isThere().catch(() => undefined));
  await sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE mode = 'ShareLock'");
  await lock;
  for (const id of placed) await orders.invoiced(id);
  await docker("start", beat);
});

/** How orders are placed and read while `change` is at work. */
async function underLoad(change: () => Promise<unknown>) {
  const stops = [orders.placeAllTheTime(), orders.readAllTheTime(), orders.readAllTheTime()];
  try {
    await change();
  } finally {
    await sleep(500);
  }
  const [placed = [], ...read] = await Promise.all(stops.map((stop) => stop()));
  const isWell = ({ status }: Asked) => status === 200 || status === 201;
  const failed = [placed, ...read].flat().filter((each) => !isWell(each));
  const ids = placed.filter(isWell).map(({ body }) => JSON.parse(body).id as number);
  return { asked: [placed, ...read].flat().length, failed, ids };
}

const configure = async (values: Record<string, string | number>) => {
  const words = Object.entries(values).flatMap(([key, value]) => [
    ...["--plaintext", `slipway:${key}=${value}`],
  ]);
  const { exitCode, all } = await stack.pulumi("config", "set-all", "--path", ...words);
  expect(exitCode, all).toBe(0);
};

it("new passwords of both come without a failed request, whether it reads or writes", async () => {
  await configure({ "postgres.passwordGeneration": 2, "redis.passwordGeneration": 2 });
  const { asked, failed, ids } = await underLoad(() => stack.up());
  console.info(`new passwords: ${asked} requests, ${ids.length} orders placed`);
  expect(failed).toEqual([]);
  expect(ids.length).toBeGreaterThan(10);
  await orders.invoiced(ids.at(-1) as number);
  expect(await sql("SELECT DISTINCT usename FROM pg_stat_activity WHERE usename ~ '^app'")).toBe(
    "app_g2",
  );
});

/** Another image of the same Postgres, or of one that says to be another. */
async function otherImage(version?: number): Promise<string> {
  const { postgres } = await resolveImages({ detail: () => {}, note: console.info });
  const { stdout: container } = await docker("create", postgres);
  if (version) {
    const file = join(stack.directory, "postgres");
    const script = `#!/bin/sh\necho 'postgres (PostgreSQL) ${version}.1 (Debian)'\n`;
    writeFileSync(file, script, { mode: 0o755 });
    await docker("cp", file, `${container}:/usr/local/bin/postgres`);
  }
  const label = `LABEL slipway.test=${stack.name}`;
  const { stdout: image } = await docker("commit", "--change", label, container);
  await docker("rm", "--volumes", container);
  made.push(image);
  return image;
}

it("another image of the same major version costs seconds, and no order that was taken", async () => {
  const [before = ""] = await stack.containers("postgres");
  await configure({ "images.postgres": await otherImage() });
  const { asked, failed, ids } = await underLoad(() => stack.up());
  const [after] = await stack.containers("postgres");
  expect(after).not.toBe(before);
  const gap =
    Math.max(...failed.map(({ to }) => to), 0) - Math.min(...failed.map(({ from }) => from));
  console.info(`another image: ${failed.length} of ${asked} requests failed, within ${gap} ms`);
  for (const { status, body } of failed) expect(status, body).toBe(503);
  expect(gap).toBeLessThan(30_000);
  expect(await status("/healthz/ready")).toBe(200);
  expect(await sql(`SELECT count(*) FROM orders WHERE id IN (${ids})`)).toBe(String(ids.length));
});

it("one of another major version is refused before the server stops", async () => {
  const serving = await stack.containers("postgres");
  const good = readFileSync(stack.configFile, "utf8");
  await configure({ "images.postgres": await otherImage(18) });
  const { exitCode, all } = await stack.pulumi("up", "--yes", "--skip-preview");
  expect(exitCode).not.toBe(0);
  expect(all).toMatch(
    /images\.postgres is Postgres 18, and the data of test-\w+ is that of Postgres 17, .*; the server was not stopped: .* docs\/data\.md says/,
  );
  expect(await stack.containers("postgres")).toEqual(serving);
  expect(await status("/healthz/ready")).toBe(200);
  writeFileSync(stack.configFile, good);
  await stack.up();
  expect(await stack.containers("postgres")).toEqual(serving);
});
