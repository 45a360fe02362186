import { beforeAll, describe, expect, test } from "vitest";
import { images } from "./configuration.ts";
import { releaseContainers, runProgram, upstream } from "./program.ts";
import { type Registration, record, types } from "./record.ts";

const recorder = await record();
let release: string | undefined;
let containers: Registration[];

beforeAll(async () => {
  ({ release } = await runProgram(recorder, { "services.api.replicas": 2 }));
  containers = releaseContainers(recorder);
});

const containersOf = (service: string) =>
  releaseContainers(recorder).filter(({ name }) => name.startsWith(`staging-${service}-`));
const urn = (name: string) => recorder.named(name).urn;

describe("a release's containers", () => {
  test("are named after the release", () => {
    expect(containers.map(({ name }) => name).sort()).toEqual([
      `staging-api-${release}-1`,
      `staging-api-${release}-2`,
      `staging-beat-${release}-1`,
      `staging-worker-${release}-1`,
    ]);
  });

  test("are never changed or replaced in place, and no name of Docker's stands in the way of the next", () => {
    for (const { inputs, options } of containers) {
      expect(options).toMatchObject({ replaceOnChanges: ["*"], deleteBeforeReplace: false });
      expect(inputs).not.toHaveProperty("name");
    }
  });

  test("are given plain values: one made of a server would have them replaced with it", () => {
    for (const { derived, inputs, shown } of containers) {
      expect(derived).toEqual([]);
      expect(shown).toEqual(inputs);
    }
  });

  test("come after what they mount and join, and beside the servers and the migration, which they wait for", () => {
    const mounted = ["environment-files", "networks"];
    for (const container of containers) {
      const before = upstream(recorder, container);
      for (const name of [...mounted, `release-${release}-files`]) {
        expect(before).toContain(urn(name));
      }
      expect(before).not.toContain(urn("migration"));
    }
  });

  test("come after servers and migration where an image's own command would not wait", async () => {
    await runProgram(recorder, {
      "services.front": { port: 80, image: images.redis, user: "101:101" },
    });
    const front = containersOf("front");
    expect(front).toHaveLength(1);
    for (const container of front) {
      for (const name of ["migration", "postgres-roles", "redis-server"]) {
        expect(upstream(recorder, container)).toContain(urn(name));
      }
    }
    await runProgram(recorder, { "services.api.replicas": 2 });
  });

  test("come after the servers where there is no migration", async () => {
    await runProgram(recorder, { "migration.enabled": false });
    for (const container of releaseContainers(recorder)) {
      for (const name of ["postgres-roles", "redis-server"]) {
        expect(upstream(recorder, container)).toContain(urn(name));
      }
    }
    await runProgram(recorder, { "services.api.replicas": 2 });
  });
});

test("the migration comes after the database's roles and the files that it reads", () => {
  const before = upstream(recorder, recorder.named("migration"));
  expect(before).toContain(urn("postgres-roles"));
  expect(before).toContain(urn(`release-${release}-files`));
});

test("the guard is deleted before any of the containers, since it depends on all of them", () => {
  const { dependencies } = recorder.named(`guard-${release}`);
  expect(dependencies).toEqual(expect.arrayContaining(containers.map((each) => each.urn)));
  // And before the servers: what is still running uses them until it has stopped.
  const before = upstream(recorder, recorder.named(`guard-${release}`));
  for (const name of ["postgres-server", "redis-server"]) expect(before).toContain(urn(name));
});

test("the guard waits for beat, services and workers, one after the other, each as long as it may take", async () => {
  const changes = { "services.api.stopSeconds": 40, "workers.worker.stopSeconds": 500 };
  const { release: slow } = await runProgram(recorder, changes);
  const { inputs } = recorder.named(`guard-${slow}`);
  // 30 s for connections, 15 s for beat, and a minute for the commands themselves.
  expect(inputs.delete).toBe(
    `exec timeout --kill-after=10 ${30 + 15 + 40 + 500 + 60} bash -s -- remove`,
  );
  await runProgram(recorder, { "services.api.replicas": 2 });
});

test("the switch is the last of all: nothing is left that could fail after it", () => {
  const last = recorder.named("switch");
  expect(recorder.all.filter((each) => !each.isComponent).at(-1)).toBe(last);
  const before = upstream(recorder, last);
  const others = recorder.all.filter((each) => !each.isComponent && each !== last);
  const beside = others.filter((each) => !before.has(each.urn)).map((each) => each.name);
  expect(beside).toEqual([]);
});

test("the switch keeps its name and place from release to release", async () => {
  const before = urn("switch");
  const next = await runProgram(recorder, { "settings.LOG_LEVEL": "DEBUG" });
  expect(next.release).not.toBe(release);
  expect(urn("switch")).toBe(before);
  await runProgram(recorder, { "services.api.replicas": 2 });
});

test("commands run again by a change of their input; a trigger is only what belongs to another edge", () => {
  for (const { name, inputs } of recorder.of(types.command)) {
    if (!name.startsWith("edge-")) expect([name, inputs.triggers]).toEqual([name, undefined]);
    expect(inputs.update).toBe(inputs.create);
  }
});

test("every resource in Docker goes through the stack's own provider", () => {
  const provider = recorder.all.find(({ type }) => type === "pulumi:providers:docker");
  const all = recorder.all.filter(({ type }) => type.startsWith("docker:"));
  expect(all.length).toBeGreaterThan(8);
  for (const { name, options } of all) {
    expect([name, options.provider.startsWith(`${provider?.urn}::`)]).toEqual([name, true]);
  }
});
