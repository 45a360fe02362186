import { execa } from "execa";
import { beforeAll, expect, test } from "vitest";
import { type Images, resolveImages } from "../../scripts/images/resolve-images.ts";
import { addressOf, docker, ending, hardened, throwAway, until, writeFile } from "../throw-away.ts";

const report = { detail() {}, note: (line: string) => console.info(line) };
const make = throwAway();
let images: Images;

beforeAll(async () => {
  images = await resolveImages(report);
});

/** What Redis answers to a command inside the container. */
const redis = async (container: string, ...command: string[]) =>
  (
    await execa("docker", ["exec", container, "redis-cli", ...command], {
      all: true,
      reject: false,
    })
  ).all;

const answers = (container: string) =>
  until(async () => (/PONG|NOAUTH/.test(await redis(container, "ping")) ? true : undefined));

test("runs hardened as its own user, with users from a file and an append-only file that outlives a restart", async () => {
  const [data, secrets] = [await make.volume(), await make.volume()];
  const content = "user default off\nuser app on >s3cret ~* &* +@all\n";
  await writeFile(images.helper, secrets, { path: "users.acl", content, owner: "999:999" });
  const server = await make.container(
    ...hardened,
    "--user=999:999",
    `--volume=${data}:/data`,
    `--volume=${secrets}:/run/secrets:ro`,
    images.redis,
    ...[
      "redis-server",
      "--dir",
      "/data",
      "--appendonly",
      "yes",
      "--aclfile",
      "/run/secrets/users.acl",
    ],
  );
  await answers(server);
  const app = ["--user", "app", "--no-auth-warning", "--pass"];
  expect(await redis(server, "get", "key")).toContain("NOAUTH");
  expect(await redis(server, ...app, "wrong", "get", "key")).toContain("WRONGPASS");
  expect(await redis(server, ...app, "s3cret", "set", "key", "value")).toBe("OK");
  expect(await redis(server, ...app, "s3cret", "info", "server")).toMatch(/redis_version:8\./);

  await docker("kill", "--signal=KILL", server);
  await docker("start", server);
  await answers(server);
  expect(await redis(server, ...app, "s3cret", "get", "key")).toBe("value");
  await docker("stop", server);
  const { code, log } = await ending(server);
  expect(code).toBe(0);
  expect(log).toContain("Redis is now ready to exit");
});

test("started as root it drops to its own user, and the network may use it without a password", async () => {
  const server = await make.container(images.redis, "--maxmemory", "32mb");
  await answers(server);
  expect(await docker("exec", server, "stat", "-c", "%u:%g", "/proc/1", "/data")).toBe(
    "999:999\n999:999",
  );
  expect(await docker("exec", server, "pwd")).toBe("/data");
  expect(await redis(server, "config", "get", "maxmemory")).toContain("33554432");
  const neighbour = ["redis-cli", "-h", await addressOf(server), "set", "key", "value"];
  expect(await docker("run", "--rm", images.redis, ...neighbour)).toBe("OK");
});

test("takes a configuration file for its argument, and any other command as it is", async () => {
  const configuration = await make.volume();
  const content = "port 7777\n";
  await writeFile(images.helper, configuration, { path: "redis.conf", content, owner: "999:999" });
  const server = await make.container(
    `--volume=${configuration}:/etc/redis`,
    images.redis,
    "/etc/redis/redis.conf",
  );
  await until(async () =>
    (await redis(server, "-p", "7777", "ping")) === "PONG" ? true : undefined,
  );
  expect(await docker("run", "--rm", images.redis, "echo", "other")).toBe("other");
  expect(await docker("run", "--rm", images.redis, "--version")).toMatch(/^Redis server v=8\./);
});
