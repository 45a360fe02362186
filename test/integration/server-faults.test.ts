import { afterAll, beforeAll, expect, it } from "vitest";
import { ordersOf } from "./orders.ts";
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

afterAll(() => stack.takeDown());

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
        expect(answer.status).toBe(503);
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
