import { afterAll, beforeAll, expect, it } from "vitest";
import { until } from "../throw-away.ts";
import { ServerStack } from "./watchdog-stack.ts";

let server: ServerStack;
/** Runs a program on the server. */
const run = (...words: string[]) => server.vps.run(...words);

beforeAll(async () => {
  server = await ServerStack.make();
  await server.up();
});
afterAll(() => server?.remove());

const container = (role: string) =>
  run(...["docker", "ps", "--all", "--quiet", "--filter", `label=slipway.role=${role}`]);

/** A line for each container that is as it should be. */
const healthy = async () =>
  (await run("docker", "ps", "--format", "{{.Names}} {{.Status}}"))
    .split("\n")
    .filter((line) => line.endsWith("(healthy)"));

const allHealthy = () =>
  until(async () => ((await healthy()).length === 6 ? true : undefined), 180);

const startedAt = async (id: string) =>
  Date.parse(await run("docker", "inspect", "--format", "{{.State.StartedAt}}", id));

/** Stops all that runs in a container, as by SIGSTOP. */
async function hang(id: string): Promise<void> {
  const [, ...processes] = (await run("docker", "top", id, "-o", "pid")).split("\n");
  await run("sh", "-c", `kill -STOP ${processes.join(" ")}`);
}

/** Asks the edge all the time, until what it returns is called; that gives the answers. */
function asking(path: string) {
  const answers: { status: number; at: number }[] = [];
  let asks = true;
  const done = (async () => {
    while (asks) answers.push({ status: await server.ask(path), at: Date.now() });
  })();
  return async () => {
    asks = false;
    await done;
    return answers;
  };
}

it("what hangs is replaced: a worker within 60 seconds, API, beat and edge by their own checks", async () => {
  await allHealthy();
  const roles = ["worker", "service", "beat", "edge"];
  const ids = await Promise.all(roles.map(container));
  const hung = Date.now();
  await Promise.all(ids.map(hang));
  const [worker = ""] = ids;
  const replaced = await until(async () => {
    const at = await startedAt(worker);
    return at > hung ? at : undefined;
  }, 120);
  expect((replaced - hung) / 1000).toBeLessThan(60);
  const ping = `exec sh /run/slipway/bin/start.sh task celery -A "$SLIPWAY_CELERY" inspect ping -t 2 -d "celery@$(hostname)"`;
  await until(async () => {
    const pong = await run("docker", "exec", worker, "sh", "-c", ping).catch(() => "");
    return pong.includes("pong") ? true : undefined;
  });
  console.info(`a worker that answers: ${(Date.now() - hung) / 1000} s after SIGSTOP`);
  for (const id of ids)
    await until(async () => ((await startedAt(id)) > hung ? true : undefined), 180);
  await allHealthy();
  console.info(`all of them healthy: ${(Date.now() - hung) / 1000} s after SIGSTOP`);
  expect(await server.ask("/healthz/ready")).toBe(200);

  const journal = await run("journalctl", "--unit", "slipway-watchdog", "--output", "cat");
  for (const role of roles)
    expect(journal).toMatch(new RegExp(`^restarted stack=${server.name} role=${role} `, "m"));
  expect(journal).not.toContain("Starting");
  const status = await server.script("show-status.ts", "--stack", server.name);
  expect(status.all).toMatch(
    /^the watchdog restarted worker once in the last day, last at .*: it was unhealthy: /m,
  );
  const releases = await server.script("list-releases.ts", "--stack", server.name);
  expect(releases.all).toMatch(/live now/);
});

it("an engine that is killed takes no container with it, and the edge answers meanwhile", async () => {
  const ids = (await run("docker", "ps", "--quiet")).split("\n");
  const started = () => Promise.all(ids.map(startedAt));
  const before = await started();
  const stop = asking("/healthz/live");
  const engine = () => run("systemctl", "show", "--property", "MainPID", "--value", "docker");
  const killed = await engine();
  await run("sh", "-c", `kill -KILL ${killed}`);
  await until(async () => {
    const now = await engine();
    if (now === killed || now === "0") return undefined;
    return run("docker", "version").then(
      () => true,
      () => undefined,
    );
  });
  await until(async () => ((await server.ask("/healthz/ready")) === 200 ? true : undefined));
  const answers = await stop();
  const bad = answers.filter(({ status }) => status !== 200);
  const seconds = ((bad.at(-1)?.at ?? 0) - (bad[0]?.at ?? 0)) / 1000;
  console.info(
    `the engine was killed: ${bad.length} of ${answers.length} questions without a good answer, within ${seconds} s`,
  );
  // It is the engine that containers ask for names, and that lets in what comes from outside: as it starts, some are lost.
  expect(bad.length).toBeLessThan(answers.length / 2);
  expect(await started()).toEqual(before);
});

it("after a reboot all is back without a hand, and what a failed deploy left stays down", async () => {
  const worker = await container("worker");
  const image = await run("docker", "inspect", "--format", "{{.Image}}", worker);
  const labels = { stack: server.name, role: "worker", name: "worker", release: "deadbeef" };
  const flags = Object.entries(labels).flatMap(([key, value]) => [
    ...["--label", `slipway.${key}=${value}`],
  ]);
  const left = await run(
    ...["docker", "run", "--detach", "--init", "--restart", "unless-stopped", ...flags],
    ...["--entrypoint", "sleep", image, "100000"],
  );
  const down = Date.now();
  const stop = asking("/healthz/ready");
  await server.vps.restart();
  const booted = Date.now();
  await until(async () => ((await server.ask("/healthz/ready")) === 200 ? true : undefined), 180);
  const answers = await stop();
  const away = answers.findIndex(({ status }) => status !== 200);
  const back = answers.findLastIndex(({ status }) => status !== 200);
  const seconds = ((answers[back]?.at ?? 0) - (answers[away]?.at ?? 0)) / 1000;
  console.info(
    `a reboot: nobody answered for ${seconds} s; systemd was up ${(booted - down) / 1000} s after the order`,
  );
  expect(away).toBeGreaterThanOrEqual(0);
  await allHealthy();
  const state = () => run("docker", "inspect", "--format", "{{.State.Status}}", left);
  await until(async () => ((await state()) === "exited" ? true : undefined));
  const journal = await run("journalctl", "--unit", "slipway-watchdog", "--output", "cat");
  expect(journal).toMatch(/^stopped .* release=deadbeef /m);

  for (const unit of ["slipway-watchdog.timer", "apt-daily-upgrade.timer", "fail2ban.service"])
    expect(await run("systemctl", "is-active", unit)).toBe("active");
  expect(await run("systemctl", "list-timers")).toMatch(/ago +slipway-watchdog\.timer/);
  expect(await run("nft", "list", "table", "inet", "slipway")).toContain("counter packets");
  expect(await server.prepareHost("--check")).not.toMatch(/^missing/m);
});
