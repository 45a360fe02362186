import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { buildApp } from "../../scripts/images/build-app.ts";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { docker, throwAway, until } from "../throw-away.ts";

const make = throwAway();
const root = join(import.meta.dirname, "../..");
const network = `slipway-test-${randomBytes(4).toString("hex")}`;
const directory = mkdtempSync(join(tmpdir(), "slipway-worker-"));
const report = { detail: () => {}, note: console.info };
let redis: string;
let worker: string;
let main: string;

const app = `import signal, time
from celery import Celery, signals

app = Celery("app", broker="redis://redis:6379/0")

@app.task(name="sleep")
def sleep(seconds):
    time.sleep(seconds)

@signals.worker_ready.connect
def hang_when_told(**_):
    signal.signal(signal.SIGUSR2, lambda *_: time.sleep(1000))
`;

beforeAll(async () => {
  const images = await resolveImages(report);
  const image = await buildApp(join(root, "examples/erp"), images.python, report);
  chmodSync(directory, 0o755);
  writeFileSync(join(directory, "app.py"), app);
  await docker("network", "create", network);
  redis = await make.container("--network", network, "--network-alias", "redis", images.redis);
  worker = await make.container(
    ...["--network", network, "--init", "--user", "10001:10001", "--read-only", "--tmpfs", "/tmp"],
    ...["--volume", `${root}/scripts/container:/run/slipway/bin:ro`],
    ...["--volume", `${directory}:/app:ro`, "--env", "PYTHONPATH=/app"],
    ...["--env", "SLIPWAY_SECRETS_AS=files", "--env", "SLIPWAY_RELEASE=aaaaaaaa"],
    ...["--env", "SLIPWAY_CELERY=app", "--env", "SLIPWAY_PROBE_QUEUE=probe"],
    ...["--entrypoint", "sh", image, "/run/slipway/bin/start.sh", "worker"],
    ...["celery", "--app", "app", "worker", "--loglevel", "INFO", "--without-mingle"],
    ...["--without-gossip", "--queues", "{queues}", "--concurrency", "1"],
  );
  await ready();
}, 600_000);
afterAll(async () => {
  await docker("rm", "--force", worker, redis);
  await docker("network", "rm", network);
  rmSync(directory, { recursive: true });
});
beforeEach(() => inside("rm -f /tmp/slipway-probe"));

const inside = (script: string) => docker("exec", worker, "sh", "-c", script);

async function ready(): Promise<void> {
  const startedAt = await docker("inspect", "--format", "{{.State.StartedAt}}", worker);
  await until(async () => {
    const said = await docker("logs", "--since", startedAt, worker);
    return said.includes(" ready.") ? true : undefined;
  });
  main = (await inside("cat /proc/1/task/1/children")).trim();
}

/** What the health check asks. Where it asked the worker, that is in what it says. */
async function probe() {
  const words = ["exec", worker, "sh", "/run/slipway/bin/probe.sh", "worker"];
  const { exitCode, all } = await execa("docker", words, { all: true, reject: false });
  return { well: exitCode === 0, asked: all.includes("was asked"), all };
}

const wake = () => new Promise((resolve) => setTimeout(resolve, 3000));
/** As if the worker had answered so long ago. */
const answered = (seconds: number) =>
  inside(
    `read -r now _ </proc/uptime; read -r _ moved </tmp/slipway-probe; echo "$((\${now%.*} - ${seconds})) $moved" >/tmp/slipway-probe`,
  );

it("a worker that moves is asked once a minute", async () => {
  expect(await probe()).toMatchObject({ well: true, asked: true });
  await wake();
  expect(await probe()).toMatchObject({ well: true, asked: false });
  await answered(61);
  await wake();
  expect(await probe()).toMatchObject({ well: true, asked: true });
});

it("one that is busy with a long task is well", async () => {
  await inside("celery --app app call sleep --args '[20]' --queue probe");
  await until(async () => {
    const said = await docker("logs", worker);
    return said.includes("Task sleep[") ? true : undefined;
  });
  expect(await probe()).toMatchObject({ well: true, asked: true });
  await wake();
  expect(await probe()).toMatchObject({ well: true, asked: false });
  expect(await docker("logs", worker)).not.toContain("succeeded");
});

it("one of which a process is stopped is not, at once", async () => {
  await probe();
  const pool = (await inside(`cat /proc/${main}/task/${main}/children`)).trim();
  for (const each of ["1", main, pool]) {
    await inside(`kill -STOP ${each}`);
    // The first process of a container takes no such signal from inside.
    if (each === "1") await docker("kill", "--signal", "STOP", worker);
    const { well, asked, all } = await probe();
    expect({ each, well, asked }).toEqual({ each, well: false, asked: false });
    expect(all).toContain(`process ${each} is stopped`);
    if (each === "1") await docker("kill", "--signal", "CONT", worker);
    else await inside(`kill -CONT ${each}`);
  }
  await wake();
  expect(await probe()).toMatchObject({ well: true });
});

it("one whose broker is silent has three minutes", async () => {
  await probe();
  await docker("pause", redis);
  try {
    await answered(100);
    await inside('read -r answered _ </tmp/slipway-probe; echo "$answered 0" >/tmp/slipway-probe');
    expect(await probe()).toMatchObject({ well: true });
    await answered(181);
    expect(await probe()).toMatchObject({ well: false });
  } finally {
    await docker("unpause", redis);
  }
  await docker("restart", "--time", "1", worker);
  await ready();
});

it("one that hangs is asked, though it answered a moment ago, and does not answer", async () => {
  expect(await probe()).toMatchObject({ well: true, asked: true });
  await inside(`kill -USR2 ${main}`);
  // As far as it had moved by then.
  await probe();
  await wake();
  expect(await probe()).toMatchObject({ well: false, asked: true });
});
