import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  attempts,
  attemptsOnHost,
  hopeless,
  loginLine,
  type Target,
} from "../isolation/attempts.ts";
import { documentedExceptions, foundExceptions, items, roleOf } from "../isolation/cis.ts";
import { limitsOf, processorSeconds } from "../isolation/control-group.ts";
import { hosts, makeEnvironments, stagingLimits } from "../isolation/environments.ts";
import { loginsOf, placesOf } from "../isolation/facts.ts";
import { hogs } from "../isolation/hogs.ts";
import { watchContainers } from "../isolation/made-containers.ts";
import { probe, probeFrom } from "../isolation/probe.ts";
import { probeInside, targetIn } from "../isolation/target.ts";
import { removeImages } from "../small-image.ts";
import { docker } from "../throw-away.ts";
import { failures, Traffic } from "./deploy/traffic.ts";
import type { TestStack } from "./stack.ts";

const planted = `planted-${randomBytes(16).toString("hex")}`;
let environments: Awaited<ReturnType<typeof makeEnvironments>>;
let production: TestStack;
let staging: TestStack;
let development: TestStack;
let target: Target;
const made = watchContainers();
/** By where they were made from, what succeeded. */
const succeeded = new Map<string, Set<string>>();
const inside = "production";
const none = { failed: 0, such: [] };

beforeAll(async () => {
  environments = await makeEnvironments();
  ({ production, staging, development } = environments);
  const secret = ["config", "set", "--secret", "--path", "slipway:secrets.PLANTED", planted];
  await production.pulumi(...secret);
  await production.up();
});

afterAll(async () => {
  made.stop();
  for (const stack of [staging, development, production]) await stack?.takeDown();
  await removeImages(environments.small);
});

/** What clients of production complain of while something is done on its host. */
async function complaintsDuring(work: () => Promise<unknown>) {
  const clients = [true, false].map(
    (keepAlive) => new Traffic(production, "/", 40, { keepAlive, host: hosts.production }),
  );
  try {
    await work();
  } finally {
    await Promise.all(clients.map((each) => each.stop()));
  }
  const requests = clients.flatMap(({ requests }) => requests);
  expect(requests.length).toBeGreaterThan(50);
  const failed = failures(requests);
  return { failed: failed.length, such: failed.slice(0, 3) };
}

const isUp = async (stack: TestStack, host: string) =>
  expect((await stack.ask("/", { host })).status).toBe(200);

it("two environments are deployed at the same time, and nobody in production sees it", async () => {
  expect(await complaintsDuring(() => Promise.all([staging.up(), development.up()]))).toEqual(none);
  await isUp(staging, hosts.staging);
  await isUp(development, hosts.development);
  await isUp(production, hosts.production);
});

describe("from inside staging", () => {
  beforeAll(async () => {
    target = await targetIn(production, planted, environments.images.helper);
    const all = [...attempts, ...attemptsOnHost, ...hopeless].flatMap(([, , of]) => of(target));
    const places = await placesOf(staging.name, environments.images.helper);
    const roles = new Map(places.map(({ role, container }) => [role, container]));
    const tried = [...roles].map(async ([role, container]) => {
      for (const user of [undefined, "0"]) {
        const once = await probe(container, all, user);
        // Where prepare-host made no firewall, networks may meet for a moment when somebody makes another one.
        const again = once.size > 0 ? await probe(container, [...once], user) : once;
        succeeded.set(`${role} as ${user ?? "its user"}`, again);
      }
    });
    await Promise.all(tried);
    succeeded.set(inside, await probeInside(production, target, environments.app, all));
  });

  it("all servers and the application try, as their own users and as root", () => {
    expect([...succeeded.keys()].filter((from) => from !== inside).sort()).toEqual(
      ["beat", "postgres", "redis", "service", "worker"].flatMap((role) => [
        `${role} as 0`,
        `${role} as its user`,
      ]),
    );
  });

  it.each([...attempts, ...attemptsOnHost, ...hopeless])("nobody can %s: %s", (_, __, lines) => {
    const those = lines(target);
    expect(those).not.toEqual([]);
    for (const [from, found] of succeeded)
      if (from !== inside)
        expect([from, those.filter((each) => found.has(each))]).toEqual([from, []]);
  });

  it.each(attempts)("production itself can %s", (_, __, lines) => {
    expect(lines(target).filter((each) => !succeeded.get(inside)?.has(each))).toEqual([]);
  });

  it.each(attemptsOnHost)("who has the host's files can %s", async (_, __, lines) => {
    const those = lines(target);
    const mounts = ["/var/lib/slipway", "/var/lib/docker/volumes", "/var/run/docker.sock"];
    const flags = mounts.flatMap((path) => ["--volume", `${path}:${path}:ro`]);
    const words = ["--network", "none", "--user", "0", ...flags, environments.app];
    expect(await probeFrom(words, those)).toEqual(new Set(those));
  });

  it("the edge answers, which is for everybody, on the ports that everybody has", async () => {
    const [edge = ""] = await production.containers("edge");
    const network = `slipway-${staging.name}-edge`;
    const address = await docker(
      ...[
        "inspect",
        "--format",
        `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`,
        edge,
      ],
    );
    const [service = ""] = await staging.containers("service");
    const [gateway] = target.places.filter(({ role }) => role === "edge").map((it) => it.gateway);
    const open = [`connect ${address} 8443`, `connect ${gateway} ${production.httpsPort}`];
    const lines = [...open, `connect ${address} 8082`];
    expect(await probe(service, lines)).toEqual(new Set(open));
  });
});

it("production's servers take no password of staging's, no usual one and none, from wherever", async () => {
  const own = await loginsOf((await staging.containers("service"))[0] as string);
  for (const server of ["postgres", "redis"] as const) {
    const [container = ""] = await production.containers(server);
    const { address } = target.places.find((each) => each.container.startsWith(container)) ?? {};
    const right = target.logins[server];
    const { database = "" } = right;
    const others = [own[server], { user: "postgres", password: "postgres", database }].concat(
      { user: "default", password: "none", database },
      { ...right, password: right.user },
    );
    const lines = [right, ...others].map((each) => loginLine(server, address as string, each));
    expect(await probe(container, lines)).toEqual(new Set(lines.slice(0, 1)));
  }
});

describe("what containers may use", () => {
  const containersOf = async (stack: TestStack) =>
    (await docker("ps", "--quiet", "--filter", `label=slipway.stack=${stack.name}`)).split("\n");

  it("is limited by the kernel: memory and processes everywhere, processors in staging", async () => {
    for (const container of await containersOf(staging))
      expect(await limitsOf(container)).toEqual(stagingLimits);
    for (const container of await containersOf(production)) {
      const { memoryMegabytes, processes } = await limitsOf(container);
      expect(memoryMegabytes).toBeLessThanOrEqual(512);
      expect(processes).toBeLessThanOrEqual(512);
    }
  });

  it("is all that staging gets when it takes what it can, while production answers", async () => {
    const of = async (role: string) => (await staging.containers(role))[0] as string;
    const [service, worker] = [await of("service"), await of("worker")];
    const [postgres, redis] = [await of("postgres"), await of("redis")];
    const from = { used: await processorSeconds(postgres), at: performance.now() };
    let refused = 0;
    let ended: number | undefined;
    const hogging = async () => {
      [refused, ended] = await Promise.all([
        hogs.processes(service, 8),
        hogs.memory(worker),
        hogs.processors(postgres, 8),
        hogs.processors(redis, 8),
      ]);
    };
    expect(await complaintsDuring(hogging)).toEqual(none);
    expect(refused).toBeGreaterThan(0);
    expect(ended).toBe(137);
    const seconds = (performance.now() - from.at) / 1000;
    const used = (await processorSeconds(postgres)) - from.used;
    expect(used / seconds).toBeLessThan(stagingLimits.processors * 1.2);
    await isUp(staging, hosts.staging);
  });
});

it("every container is as the CIS Docker Benchmark wants it, but for the documented exceptions", async () => {
  await staging.script("run-command.ts", "true");
  for (const word of ["on", "off"]) await staging.script("set-maintenance.ts", word);
  const containers = await made.of(production.name, staging.name, development.name);
  const roles = new Set(containers.map(roleOf));
  for (const role of ["edge", "postgres", "redis", "service", "worker", "beat"])
    expect(roles).toContain(role);
  for (const role of ["helper", "migration", "check", "exec", "maintenance"])
    expect(roles).toContain(role);
  expect(Object.keys(items).length).toBeGreaterThan(20);
  expect(foundExceptions(containers).sort()).toEqual(documentedExceptions().sort());
});

it("environments go, under load, and nobody in production sees it", async () => {
  const destroy = async (stack: TestStack) => {
    const { exitCode, all } = await stack.pulumi("destroy", "--yes", "--skip-preview");
    expect(exitCode, all).toBe(0);
  };
  const all = async () => {
    await destroy(staging);
    await destroy(development);
  };
  expect(await complaintsDuring(all)).toEqual(none);
});
