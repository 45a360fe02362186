import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hostScript } from "../../components/host-script.ts";
import { type Images, resolveImages } from "../../scripts/images/resolve-images.ts";
import { docker, throwAway, until } from "../throw-away.ts";

const make = throwAway();
const stack = `watchdog-${process.pid.toString(36)}`;
const root = mkdtempSync(join(tmpdir(), "slipway-watchdog-"));
const directory = join(root, stack);
const memory = join(root, "memory");
const live = "aaaaaaaa";
let images: Images;

beforeAll(async () => {
  images = await resolveImages({ detail: () => {}, note: console.info });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeEach(() => {
  rmSync(directory, { recursive: true, force: true });
  rmSync(memory, { recursive: true, force: true });
  for (const each of ["journal", "live"]) mkdirSync(join(directory, each), { recursive: true });
  writeFileSync(join(directory, "journal/log"), "");
  writeFileSync(join(directory, "live/release"), `${live}\n`);
  // This is not its first run since a start of the server.
  mkdirSync(memory);
  writeFileSync(join(memory, "started"), "");
});

/** What the timer runs, with files and memory of this test's. Its output is what the system's journal would get. */
async function watchdog(engine = process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock") {
  const host = { engine, directory: root, helperImage: "" };
  const input = hostScript("watchdog", host, { STACK: "", MEMORY: memory });
  const { all, exitCode } = await execa("bash", ["-s", "--", "apply"], { input, all: true });
  expect(exitCode, all).toBe(0);
  return all.replaceAll(/^<\d>/gm, "");
}

/** A container that is unhealthy as long as it has a file, which outlives a restart. */
async function small(role: string, { release = live, well = false, flags = [] as string[] } = {}) {
  const labels = { stack, role, name: role, release };
  const ill = ["--health-cmd", "test ! -e /ill", "--health-interval", "300ms"];
  const id = await make.container(
    ...Object.entries(labels).flatMap(([key, value]) => ["--label", `slipway.${key}=${value}`]),
    ...[...ill, "--health-retries", "1", "--stop-signal", "KILL", ...flags],
    ...[images.helper, "sh", "-c", `${well ? "" : "touch /ill;"} exec sleep 1000`],
  );
  await becomes(id, well ? "healthy" : "unhealthy");
  return id;
}

const becomes = (id: string, health: string) =>
  until(async () => {
    const is = await docker("inspect", "--format", "{{.State.Health.Status}}", id);
    return is === health ? true : undefined;
  });

/** Whether a run of the watchdog restarts a container, which is unhealthy again when this returns. */
async function restarts(id: string): Promise<boolean> {
  const startedAt = () => docker("inspect", "--format", "{{.State.StartedAt}}", id);
  await becomes(id, "unhealthy");
  const before = await startedAt();
  await watchdog();
  return (await startedAt()) !== before;
}

/** As if so many seconds had gone by. */
function passes(seconds: number): void {
  for (const file of readdirSync(memory).filter((name) => name.length === 64)) {
    const path = join(memory, file);
    const [state, since, count, last] = readFileSync(path, "utf8").trim().split(" ");
    const times = [Number(since) - seconds, count, Number(last) - seconds];
    writeFileSync(path, [state, ...times].join(" "));
  }
}

const events = () =>
  readFileSync(join(directory, "journal/log"), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** Holds a lock as a deploy does, while something is done. */
async function holding(path: string, act: () => Promise<void>): Promise<void> {
  const script = 'exec {lock}<"$0"; flock "$lock"; echo held; read -r';
  const holder = execa("bash", ["-c", script, path], { reject: false });
  await holder.iterable()[Symbol.asyncIterator]().next();
  try {
    await act();
  } finally {
    holder.stdin.end("\n");
    await holder;
  }
}

it("what is unhealthy is restarted at once, and noted in both journals; what is well is not", async () => {
  const [worker, service] = [await small("worker"), await small("service", { well: true })];
  const before = await docker("inspect", "--format", "{{.State.StartedAt}}", service);
  const said = await watchdog();
  expect(said).toMatch(
    new RegExp(
      `^restarted stack=${stack} role=worker name=worker release=${live} .* attempt=1 reason="it was unhealthy: its probe ended with 1"$`,
    ),
  );
  expect(events()).toMatchObject([
    { event: "restarted", role: "worker", name: "worker", release: live, deploy: "" },
  ]);
  expect(await docker("inspect", "--format", "{{.State.StartedAt}}", service)).toBe(before);
  await docker("rm", "--force", worker, service);
});

it("what does not get well is restarted after one minute, two, four, till it was well for ten", async () => {
  const id = await small("service");
  expect(await restarts(id)).toBe(true);
  for (const minutes of [1, 2, 4]) {
    passes(minutes * 60 - 20);
    expect(await restarts(id), `before ${minutes} min`).toBe(false);
    passes(20);
    expect(await restarts(id), `after ${minutes} min`).toBe(true);
  }
  // The next turn is after eight minutes, unless all of it is forgotten.
  for (const seconds of [420, 600]) {
    await docker("exec", id, "rm", "/ill");
    await becomes(id, "healthy");
    await watchdog();
    passes(seconds);
    await watchdog();
    await docker("exec", id, "touch", "/ill");
    expect(await restarts(id), `well for ${seconds} s`).toBe(seconds === 600);
  }
  await docker("rm", "--force", id);
});

it("a release that is not live is left alone, and so is all of an environment without one", async () => {
  const other = await small("worker", { release: "bbbbbbbb" });
  expect(await restarts(other)).toBe(false);
  writeFileSync(join(directory, "live/release"), "bbbbbbbb\n");
  expect(await restarts(other)).toBe(true);
  const none = await small("service", { release: "cccccccc" });
  rmSync(join(directory, "live/release"));
  expect(await restarts(none)).toBe(false);
  await docker("rm", "--force", other, none);
});

it("while something is at work on an environment, or was cut off, its application is left alone", async () => {
  const id = await small("service");
  // Deploy, switch, migration.
  for (const lock of ["journal", "live", "."])
    await holding(join(directory, lock), async () => expect(await restarts(id), lock).toBe(false));
  for (const sign of ["downtime", "switch"].map((name) => join(directory, "journal", name))) {
    writeFileSync(sign, "bbbbbbbb\n");
    expect(await restarts(id), sign).toBe(false);
    rmSync(sign);
  }
  expect(await restarts(id)).toBe(true);
  await docker("rm", "--force", id);
});

it("an edge is restarted when it was unhealthy for 15 seconds, and no deploy of its owner is at work", async () => {
  const id = await small("edge", { release: "" });
  expect(await restarts(id)).toBe(false);
  passes(15);
  await holding(join(directory, "journal"), async () => expect(await restarts(id)).toBe(false));
  expect(await restarts(id)).toBe(true);
  await docker("rm", "--force", id);
});

it.each([
  ["redis", 30],
  ["postgres", 120],
])(
  "%s is restarted when it was unhealthy for %i seconds, whoever deploys",
  async (role, seconds) => {
    const id = await small(role, { release: "" });
    await holding(join(directory, "journal"), async () => {
      expect(await restarts(id)).toBe(false);
      passes(seconds - 8);
      expect(await restarts(id)).toBe(false);
      passes(8);
      expect(await restarts(id)).toBe(true);
    });
    await docker("rm", "--force", id);
  },
);

it("the application waits until its servers are well, whose absence it may suffer from", async () => {
  const [redis, worker] = [await small("redis", { release: "" }), await small("worker")];
  expect(await restarts(worker)).toBe(false);
  await docker("exec", redis, "rm", "/ill");
  await becomes(redis, "healthy");
  expect(await restarts(worker)).toBe(true);
  await docker("rm", "--force", redis, worker);
});

it("a Postgres that reads its log after a crash is left to it; one that hangs is there again", async () => {
  const id = await make.container(
    ...["--label", `slipway.stack=${stack}`, "--label", "slipway.role=postgres", "--init"],
    ...["--label", "slipway.name=postgres", "--stop-signal", "SIGINT"],
    ...[
      "--health-cmd",
      "test ! -e /tmp/said || { cat /tmp/said; exit 1; }; pg_isready --host=127.0.0.1 --username=postgres --timeout=1",
    ],
    ...["--health-interval", "300ms", "--health-retries", "2", "--health-start-period", "20s"],
    ...["--env", "POSTGRES_PASSWORD=test", images.postgres],
  );
  await becomes(id, "healthy");
  await docker("exec", id, "sh", "-c", 'echo "127.0.0.1:5432 - rejecting connections" >/tmp/said');
  await becomes(id, "unhealthy");
  await watchdog();
  passes(1000);
  expect(await restarts(id)).toBe(false);
  const [, ...processes] = (await docker("top", id, "-o", "pid")).split("\n");
  await execa("kill", ["-STOP", ...processes]);
  await docker("exec", id, "rm", "/tmp/said");
  const said = "{{range .State.Health.Log}}{{println .Output}}{{end}}";
  await until(async () =>
    /no response\s*$/.test(await docker("inspect", "--format", said, id)) ? true : undefined,
  );
  expect(await restarts(id)).toBe(true);
  await becomes(id, "healthy");
});

describe("after a start of the server", () => {
  const state = (id: string) => docker("inspect", "--format", "{{.State.Status}}", id);
  const starts = () => rmSync(join(memory, "started"));
  const all = { well: true, flags: ["--restart", "unless-stopped"] };

  it("what is left of releases that are not live stops, once, and nothing else", async () => {
    const left = await small("worker", { ...all, release: "bbbbbbbb" });
    const kept = [await small("worker", all), await small("redis", { ...all, release: "" })];
    await watchdog();
    expect(await state(left)).toBe("running");
    starts();
    await holding(join(directory, "journal"), async () => void (await watchdog()));
    expect(await state(left)).toBe("running");
    starts();
    writeFileSync(join(directory, "journal/switch"), `bbbbbbbb\n${live}\n`);
    await watchdog();
    expect(await state(left)).toBe("running");
    starts();
    rmSync(join(directory, "journal/switch"));
    await watchdog();
    expect(await Promise.all([left, ...kept].map(state))).toEqual(["exited", "running", "running"]);
    expect(events()).toMatchObject([{ event: "stopped", release: "bbbbbbbb" }]);
    await docker("rm", "--force", left, ...kept);
  });

  it("a first deploy that was cut off left nothing to serve", async () => {
    const id = await small("service", all);
    rmSync(join(directory, "live/release"));
    starts();
    await watchdog();
    expect(await state(id)).toBe("exited");
    await docker("rm", "--force", id);
  });

  it("containers of an environment whose files are elsewhere are none of it", async () => {
    const id = await small("service", { ...all, release: "bbbbbbbb" });
    rmSync(directory, { recursive: true });
    starts();
    await watchdog();
    expect(await state(id)).toBe("running");
    await docker("rm", "--force", id);
  });
});

it("there is one run at a time", async () => {
  const id = await small("service");
  writeFileSync(join(memory, "lock"), "");
  await holding(join(memory, "lock"), async () => expect(await restarts(id)).toBe(false));
  expect(await restarts(id)).toBe(true);
  await docker("rm", "--force", id);
});

it("an engine that does not answer ends a run, and is spoken of once", async () => {
  const socket = join(root, "silent.sock");
  const silent = createServer(() => undefined).listen(socket);
  const begun = performance.now();
  expect(await watchdog(`unix://${socket}`)).toContain("the Docker engine does not answer");
  expect(await watchdog(`unix://${join(root, "absent.sock")}`)).not.toContain("the Docker engine");
  expect(performance.now() - begun).toBeLessThan(40_000);
  silent.close();
});
