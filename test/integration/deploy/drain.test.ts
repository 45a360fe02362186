import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { docker } from "../../throw-away.ts";
import {
  type Deployments,
  type JournalEvent,
  makeDeployments,
  type Outcome,
} from "./deployments.ts";
import { ask, failures, holdSocket, Traffic } from "./traffic.ts";

let tiny: Deployments;

beforeAll(async () => {
  // What counts is what the release that ends was deployed with.
  tiny = await makeDeployments((config) =>
    config.setIn(["config", "slipway:deploy", "drainSeconds"], 60),
  );
  await tiny.deployWell();
});
afterAll(() => tiny?.stack.takeDown());

/** Deploys, and does something in the moment before the traffic moves. */
async function deployWith<T>(start: () => T): Promise<{ outcome: Outcome; started: T }> {
  const before = tiny.journal().length;
  const deploying = tiny.deploy();
  for (;;) {
    const events = tiny.journal().slice(before);
    if (events.some(({ event }) => event === "proved")) break;
    await sleep(10);
  }
  const started = start();
  return { outcome: await deploying, started };
}

function timesOf(events: JournalEvent[]): Record<string, number> {
  return Object.fromEntries(events.map(({ event, time }) => [event, time]));
}

it("a long request and a WebSocket of the old release end well, and then it is retired", async () => {
  const old = tiny.live();
  const { outcome, started } = await deployWith(() => ({
    request: ask(tiny.stack, "/?seconds=10"),
    socket: holdSocket(tiny.stack, 12),
  }));
  expect(outcome.exitCode, outcome.all).toBe(0);
  const request = await started.request;
  const socket = await started.socket;
  const times = timesOf(outcome.events);
  expect(request).toMatchObject({ status: 200, release: old });
  expect(request.at + request.milliseconds).toBeGreaterThan(times.live as number);
  expect(socket).toMatchObject({ isWell: true });
  expect(socket.messages).toBeGreaterThan(50);
  expect(socket.end).toBeGreaterThan(times.live as number);
  expect(times.drained).toBeGreaterThan(socket.end - 300);
  expect(outcome.events.find(({ event }) => event === "drained")?.left).toBe("0");
  expect(await tiny.containers()).toEqual([tiny.live()]);
});

it("connections that only wait hold nothing up", async () => {
  const traffic = new Traffic(tiny.stack);
  const { exitCode, all, events } = await tiny.deploy();
  expect(exitCode, all).toBe(0);
  expect(failures(await traffic.stop())).toEqual([]);
  const { live, drained } = timesOf(events) as { live: number; drained: number };
  expect(drained - live).toBeLessThan(8000);
  expect(events.find(({ event }) => event === "drained")?.left).toBe("0");
});

it("what does not end is ended when deploy.drainSeconds are over", async () => {
  tiny.configure({ "deploy.drainSeconds": 3 });
  await tiny.deployWell();
  const { outcome, started } = await deployWith(() => holdSocket(tiny.stack, 100));
  expect(outcome.exitCode, outcome.all).toBe(0);
  const { live, drained } = timesOf(outcome.events) as { live: number; drained: number };
  expect(drained - live).toBeGreaterThan(2000);
  expect(drained - live).toBeLessThan(10_000);
  expect(outcome.events.find(({ event }) => event === "drained")?.left).toBe("1");
  expect(await started).toMatchObject({ isWell: false });
});

it("a worker ends its task while connections are waited for", async () => {
  tiny.configure({ "deploy.drainSeconds": 60 });
  const old = await tiny.deployWell();
  const task = 'trap "sleep 8; exit" TERM; while :; do sleep 0.1; done';
  await docker(
    ...["run", "--detach", "--stop-timeout", "60", ...tiny.labels("worker", old)],
    ...["slipway-test:deploy", "sh", "-c", task],
  );
  const { outcome, started } = await deployWith(() => holdSocket(tiny.stack, 12));
  expect(outcome.exitCode, outcome.all).toBe(0);
  expect(await started).toMatchObject({ isWell: true });
  const times = timesOf(outcome.events) as Record<"live" | "drained" | "retired", number>;
  expect(times.retired - times.live).toBeGreaterThan(8000);
  expect(times.retired - times.drained).toBeLessThan(4000);
});

/** Its queue is full, and nobody takes anything from it: what would connect is not answered, and not refused either. */
const deaf = `
import socket, time
server = socket.socket()
server.bind(("", 8000))
server.listen(0)
clients = [socket.socket() for _ in range(4)]
for client in clients:
    client.setblocking(False)
    client.connect_ex(("127.0.0.1", 8000))
time.sleep(600)
`;

it("a request for a container that does not answer to a connection ends within seconds", async () => {
  const [container] = await tiny.stack.containers("service");
  await docker("stop", container as string);
  const network = ["--network", `slipway-${tiny.stack.name}-edge`];
  const alias = ["--network-alias", `web-${tiny.live()}-1`];
  const words = ["slipway-test:deploy", "python3", "-c", deaf];
  const id = await docker("run", "--detach", ...network, ...alias, ...words);
  try {
    await sleep(1000);
    const { status, milliseconds } = await ask(tiny.stack, "/");
    expect(status).toBe(504);
    expect(milliseconds).toBeGreaterThan(3500);
    expect(milliseconds).toBeLessThan(6000);
  } finally {
    await docker("rm", "--force", id);
  }
});
