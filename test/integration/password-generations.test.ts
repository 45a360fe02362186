import { afterAll, beforeAll, expect, it } from "vitest";
import { resolveImages } from "../../scripts/images/resolve-images.ts";
import { removeImages, smallImage } from "../small-image.ts";
import { docker } from "../throw-away.ts";
import type { TestStack } from "./stack.ts";
import { makeTinyStack } from "./tiny-stack.ts";

let stack: TestStack;
let image: string;

beforeAll(async () => {
  const { helper } = await resolveImages({ detail: () => {}, note: console.info });
  image = await smallImage(helper, "here");
  stack = await makeTinyStack(image, (config) => {
    const put = (key: string, value: unknown) =>
      config.setIn(["config", `slipway:${key}`], config.createNode(value));
    for (const server of ["postgres", "redis"]) put(server, { mode: "own" });
    put("secrets", { DATABASE_URL: "{postgres.url}", REDIS_URL: "{redis.url}" });
  });
  await stack.up();
});

afterAll(async () => {
  await stack?.takeDown();
  await removeImages(image);
});

async function set(values: Record<string, string | number>): Promise<void> {
  const words = Object.entries(values).flatMap(([key, value]) => [
    "--plaintext",
    `slipway:${key}=${value}`,
  ]);
  const { exitCode, all } = await stack.pulumi("config", "set-all", "--path", ...words);
  expect(exitCode, all).toBe(0);
}

async function expectRefusal(message: string): Promise<void> {
  const { exitCode, all } = await stack.pulumi("up", "--yes", "--skip-preview");
  expect(exitCode).not.toBe(0);
  expect(all).toContain(message);
  await expectLogins();
}

/** Logs in with what the release that serves has in its secrets, over the network as it does. */
async function expectLogins(generation?: number): Promise<void> {
  const release = (await stack.ask("/")).headers["x-slipway-release"];
  const label = `label=slipway.release=${release}`;
  const container = await docker("ps", "--quiet", "--filter", label);
  const secret = (name: string) => docker("exec", container, "cat", `/run/secrets/${name}`);
  const server = (name: string) => `slipway-${stack.name}-${name}`;
  const sql = ["psql", await secret("DATABASE_URL"), "--tuples-only", "--no-align"];
  const ask = ["--command", "SELECT current_user"];
  const user = await docker("exec", server("postgres"), ...sql, ...ask);
  expect(user).toMatch(generation ? `app_g${generation}` : /^app_g\d+$/);
  const ping = ["redis-cli", "--no-auth-warning", "-u", await secret("REDIS_URL"), "ping"];
  expect(await docker("exec", server("redis"), ...ping)).toBe("PONG");
}

const type = () =>
  `would be cut off; type: npm run pulumi -- --stack ${stack.name} config set --path`;

it.each(["postgres", "redis"])("of %s that go too far are refused", async (server) => {
  await set({ [`${server}.passwordGeneration`]: 3 });
  await expectRefusal(`${type()} slipway:${server}.passwordGeneration 2`);
  await set({ [`${server}.passwordGeneration`]: 1 });
});

it("may go back as long as no release serves with them, and no further before one does", async () => {
  const smoke = "services.web.probes.smoke[0]";
  const both = (generation: number) => ({
    "postgres.passwordGeneration": generation,
    "redis.passwordGeneration": generation,
  });
  await set({ ...both(2), [smoke]: "/nowhere" });
  await expectRefusal("/nowhere answered 404");
  await set({ "postgres.passwordGeneration": 3 });
  await expectRefusal(`${type()} slipway:postgres.passwordGeneration 2`);
  await set({ ...both(1), [smoke]: "/" });
  await stack.up();
  await expectLogins(1);
  await set(both(2));
  await stack.up();
  await expectLogins(2);
});

it.each(["postgres", "redis"])("of %s that go back are refused", async (server) => {
  await set({ [`${server}.passwordGeneration`]: 1 });
  await expectRefusal(`${type()} slipway:${server}.passwordGeneration 2`);
  await set({ [`${server}.passwordGeneration`]: 2 });
});

it("are free where no release serves, whatever the database knows", async () => {
  const { exitCode, all } = await stack.pulumi("destroy", "--yes", "--skip-preview");
  expect(exitCode, all).toBe(0);
  await set({ "postgres.passwordGeneration": 7, "redis.passwordGeneration": 1 });
  await stack.up();
  await expectLogins(7);
});
