import * as pulumi from "@pulumi/pulumi";
import { afterEach, expect, test } from "vitest";
import { passwords } from "../../components/passwords.ts";
import { Redis, type RedisArgs, redisFiles } from "../../components/redis.ts";
import { host } from "./environment.ts";
import { passwordOf, record } from "./record.ts";

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

/** The users that the server knows, by name. */
async function users(generation: number): Promise<Record<string, string>> {
  const [, file] = redisFiles(passwords(`of ${generation}`), generation);
  const content = await new Promise<string>((resolve, reject) => {
    if (file?.kind === "file") void pulumi.output(file.content).apply(resolve);
    else reject(new Error("the second entry is no file"));
  });
  const lines = content.trim().split("\n");
  return Object.fromEntries(lines.map((line) => [line.split(" ")[1], line]));
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
  expect(after("--appendfsync")).toBe("everysec");
  expect(after("--maxmemory-policy")).toBe("noeviction");
  // The rest of the limit is for the copy that a rewrite of the file makes.
  expect(after("--maxmemory")).toBe("60mb");
  expect(inputs.volumes[0]).toEqual({
    ...{ volumeName: "slipway-staging-redis", containerPath: "/data" },
  });
  expect(recorder.named("redis-data").options).toMatchObject({ retainOnDelete: true });
});

test("it reads its users from a file that is its own, and nobody logs in without a password but to ask its health", async () => {
  await declare();
  const { inputs, options } = recorder.named("redis-server");
  expect(inputs.command).toContain("/run/secrets/users.acl");
  expect(inputs.volumes[1]).toEqual({
    ...{ hostPath: "/var/lib/slipway/staging/redis", containerPath: "/run/secrets" },
    readOnly: true,
  });
  expect(inputs.name).toBe("slipway-staging-redis");
  expect(options.deleteBeforeReplace).toBe(true);
  const [directory, file] = redisFiles(passwords("of files"), 1);
  expect(directory).toMatchObject({ path: "redis", mode: "0500", owner: "999:999" });
  expect(file).toMatchObject({ path: "redis/users.acl", mode: "0400", owner: "999:999" });
  expect(await users(1)).toEqual({
    default: "user default off",
    health: "user health on nopass -@all +ping",
    admin: `user admin on >${passwordOf("redis admin")} +@all ~* &*`,
    app: `user app on >${passwordOf("redis app 1")} ~* &* +@all -@admin -@dangerous +info +keys`,
  });
});

test("the next generation goes on with the password of the one before", async () => {
  const server = await declare({ passwordGeneration: 4 });
  expect((await users(4)).app).toContain(
    `on >${passwordOf("redis app 3")} >${passwordOf("redis app 4")} ~*`,
  );
  const current = await new Promise((resolve) => void server.password.apply(resolve));
  expect(current).toBe(passwordOf("redis app 4"));
});
