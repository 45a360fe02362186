import { afterEach, expect, test } from "vitest";
import { passwords } from "../../components/passwords.ts";
import { Redis, type RedisArgs } from "../../components/redis.ts";
import { host, variablesOf } from "./environment.ts";
import { passwordOf, record, secret } from "./record.ts";

const recorder = await record();

afterEach(() => void recorder.clear());

async function declare(changes: Partial<RedisArgs> = {}) {
  const server = new Redis("redis", {
    ...{ host, stack: "staging", memoryMegabytes: 100, maxProcesses: 128 },
    image: `sha256:${"2".repeat(64)}`,
    network: "slipway-staging-data",
    passwords: passwords("passwords"),
    passwordGeneration: 1,
    ...changes,
  });
  await recorder.wait();
  return server;
}

function users() {
  return variablesOf(recorder.named("redis-users").inputs.stdin);
}

test("the server answers as redis on the data network, and nowhere else", async () => {
  await declare();
  const { inputs } = recorder.named("redis-server");
  expect(inputs.networksAdvanced).toEqual([{ name: "slipway-staging-data", aliases: ["redis"] }]);
  expect(inputs).not.toHaveProperty("ports");
});

test("a queue is written to disk, and refuses new tasks rather than forget old ones", async () => {
  await declare();
  const { inputs } = recorder.named("redis-server");
  const command: string[] = inputs.command;
  const after = (flag: string) => command[command.indexOf(flag) + 1];
  expect(after("--appendonly")).toBe("yes");
  expect(after("--maxmemory-policy")).toBe("noeviction");
  // The rest of the limit is for the copy that a rewrite of the file makes.
  expect(after("--maxmemory")).toBe("60mb");
  expect(inputs.volumes[0]).toEqual({
    ...{ volumeName: "slipway-staging-redis", containerPath: "/data" },
  });
  expect(recorder.named("redis-data").options).toMatchObject({ retainOnDelete: true });
});

test("users and passwords are a file that is there before the server", async () => {
  await declare();
  const command = recorder.named("redis-users");
  expect(command.shown.stdin).toBe(secret);
  expect(users()).toMatchObject({
    ...{ DIRECTORY: "staging/redis", CONTAINER: "slipway-staging-redis", OWNER: "999:999" },
    ADMIN_PASSWORD: passwordOf("redis admin"),
    PASSWORDS: passwordOf("redis app 1"),
  });
  const server = recorder.named("redis-server");
  expect(server.dependencies).toContain(command.urn);
  expect(server.inputs.name).toBe("slipway-staging-redis");
  expect(server.options.deleteBeforeReplace).toBe(true);
});

test("the next generation goes on with the password of the one before", async () => {
  const server = await declare({ passwordGeneration: 4 });
  expect(users().PASSWORDS).toBe(`${passwordOf("redis app 3")} ${passwordOf("redis app 4")}`);
  const current = await new Promise((resolve) => void server.password.apply(resolve));
  expect(current).toBe(passwordOf("redis app 4"));
});
