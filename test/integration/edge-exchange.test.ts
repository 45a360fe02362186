import { readdirSync, readFileSync } from "node:fs";
import { kill } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { docker, until } from "../throw-away.ts";
import { askAllTheTime } from "./asking.ts";
import { host, makeNeighbours } from "./neighbours.ts";
import { eventually } from "./stack.ts";

let neighbours: Awaited<ReturnType<typeof makeNeighbours>>;
let { owner, sharer, edge, helper, containerOfEdge, bothAnswer } = {} as typeof neighbours;

beforeAll(async () => {
  neighbours = await makeNeighbours();
  ({ owner, sharer, edge, helper, containerOfEdge, bothAnswer } = neighbours);
});

afterAll(() => neighbours?.takeDown());

it("a new edge takes the place of the one before while nobody is refused", async () => {
  const before = await containerOfEdge();
  const to = { port: owner.httpsPort, host: host.sharer, path: "/" };
  const stops = [askAllTheTime(to, false), askAllTheTime(to, true)];
  await owner.pulumi("config", "set", "--path", "slipway:edge.memoryMegabytes", "300");
  await owner.up();
  for (const stop of stops) {
    const answers = await stop();
    const slowest = Math.max(...answers.map(({ seconds }) => seconds));
    console.info(`${answers.length} answers, the slowest after ${slowest.toFixed(2)} s`);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(slowest).toBeLessThan(8);
  }
  expect(await containerOfEdge()).not.toBe(before);
  await bothAnswer();
  await owner.up("--refresh", "--expect-no-changes");
});

it("who was connected before is answered, though the one before is late to accept", async () => {
  const init = await docker("inspect", "--format", "{{.State.Pid}}", edge);
  const traefik = Number(readFileSync(`/proc/${init}/task/${init}/children`, "utf8"));
  const label = (name: string) => `{{index .Actor.Attributes "slipway.${name}"}}`;
  const format = `{{.ID}} ${label("role")} ${label("stack")}${label("helper")}`;
  const words = ["events", "--filter", "type=container", "--filter", "event=create"];
  const made = execa("docker", [...words, "--format", format]);
  const answers: Promise<string>[] = [];
  const ask = () => owner.ask("/", { host: host.owner }).then(({ body }) => body.trim(), String);
  // It may be gone before one has looked.
  const argumentsOf = (id: string) =>
    docker("inspect", "--format", "{{.Args}}", id).catch(() => "");
  // A thread of it may take a request yet.
  const hasStopped = () =>
    readdirSync(`/proc/${traefik}/task`).every((thread) =>
      /^State:\tT/m.test(readFileSync(`/proc/${traefik}/task/${thread}/status`, "utf8")),
    );
  const watch = async () => {
    for await (const line of made) {
      const [id = "", role, stack] = line.split(" ");
      if (stack !== owner.name) continue;
      if (role === "edge") {
        kill(traefik, "SIGSTOP");
        await until(async () => hasStopped() || undefined);
        for (let each = 0; each < 5; each++) answers.push(ask());
      } else if (/hold-ports/.test(await argumentsOf(id))) {
        await sleep(1500);
        kill(traefik, "SIGCONT");
      }
    }
  };
  const watching = watch().catch(() => {});
  await owner.pulumi("config", "set", "--path", "slipway:edge.memoryMegabytes", "310");
  await owner.up();
  made.kill();
  await watching;
  expect(await Promise.all(answers)).toEqual(Array(5).fill("of the owner"));
});

it("an edge that cannot serve gives way again to the one before", async () => {
  const before = await containerOfEdge();
  const image = await docker("inspect", "--format", "{{.Image}}", edge);
  await owner.pulumi("config", "set", "--path", "slipway:images.traefik", neighbours.ownImage);
  const { exitCode, all } = await owner.pulumi("up", "--yes", "--skip-preview");
  expect(exitCode).not.toBe(0);
  expect(all).toContain("the new edge ended by itself");
  expect(all).toContain("the edge that served before serves on");
  expect(await containerOfEdge()).toBe(before);
  await bothAnswer();
  await owner.pulumi("config", "set", "--path", "slipway:images.traefik", image);
  await owner.up();
  await bothAnswer();
});

/** Writes over a file of the edge's directory as nobody should. */
const spoil = (name: string, script: string) =>
  docker(
    ...["run", "--rm", "--network", "none", "--volume", "/var/lib/slipway:/slipway", helper],
    ...["sh", "-euc", `cd /slipway/edges/edge-${owner.name}/dynamic; ${script}`, "spoil", name],
  );

const damages = {
  broken: 'echo "http: {routers: [" >"$1"',
  empty: ': >"$1"',
  "half written": 'head -c 700 "$1" >"$1.half"; cat "$1.half" >"$1"; rm "$1.half"',
};

for (const [kind, damage] of Object.entries(damages)) {
  it(`a ${kind} file of one environment is in nobody else's way, and the next deploy mends it`, async () => {
    await spoil(`${sharer.name}.yml`, damage);
    expect((await owner.ask("/", { host: host.owner })).status).toBe(200);

    await docker("restart", edge);
    await neighbours.ownerAnswers();
    const refused = await sharer.ask("/", { host: host.sharer }).catch(() => undefined);
    expect(refused?.status).not.toBe(200);

    await owner.pulumi("config", "set", "--path", "slipway:settings.DAMAGE", kind);
    await owner.up();
    await bothAnswer();
  });
}

it("a file that was never an environment's own is set aside", async () => {
  await spoil("stranger.yml", 'echo "no: [" >"$1"');
  await sharer.up();
  const listed = await spoil("", "ls . ..");
  expect(listed).toContain("stranger.yml.broken");
  expect(listed.split("\n")).not.toContain("stranger.yml");
  await bothAnswer();
});

it("an edge that is killed in the middle of a deploy is back by itself, and one release serves", async () => {
  const text = async () => (await sharer.ask("/", { host: host.sharer })).body.trim();
  await sharer.pulumi("config", "set", "--path", "slipway:app.image", neighbours.newer);
  const deploy = sharer.pulumi("up", "--yes", "--skip-preview");
  await eventually("the release to come runs", 60, async () =>
    (await sharer.containers("service")).length === 2 ? true : undefined,
  );
  const kill = "cd /proc; for id in [0-9]*; do ! grep -qx traefik $id/comm || kill -9 $id; done";
  await docker("exec", edge, "sh", "-c", kill);
  const { exitCode } = await deploy;
  await neighbours.ownerAnswers();
  expect(await text()).toBe(exitCode === 0 ? "newer" : "of the sharer");
  await sharer.up();
  expect(await text()).toBe("newer");
});
