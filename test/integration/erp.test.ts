import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, expect, test } from "vitest";
import { type Images, resolveImages } from "../../scripts/images/resolve-images.ts";
import { docker, throwAway, until } from "../throw-away.ts";

const make = throwAway();
let images: Images;

beforeAll(async () => {
  images = await resolveImages({ detail() {}, note: (line) => console.info(line) });
});

/** A server's port on loopback, where the example's own tests reach it. */
async function published(container: string, port: number): Promise<string> {
  return (await docker("port", container, `${port}/tcp`)).trim();
}

test("the example passes its own lint, types and tests, with a real Postgres and Redis", async () => {
  const postgres = await make.container(
    ...["--env=POSTGRES_PASSWORD=test", "--publish=127.0.0.1::5432", images.postgres],
  );
  const redis = await make.container("--publish=127.0.0.1::6379", images.redis);
  await until(async () => {
    const asked = ["exec", postgres, "pg_isready", "--host=127.0.0.1", "--username=postgres"];
    return (await execa("docker", asked, { reject: false })).exitCode === 0 ? true : undefined;
  });
  const check = join(import.meta.dirname, "../../examples/erp/check.sh");
  const { exitCode, all } = await execa("sh", [check], {
    env: {
      // The test runner sets one of its own, which the example would take for its setting.
      BASE_URL: undefined,
      DATABASE_URL: `postgresql://postgres:test@${await published(postgres, 5432)}/postgres`,
      REDIS_URL: `redis://${await published(redis, 6379)}/0`,
    },
    all: true,
    reject: false,
  });
  expect(exitCode, all).toBe(0);
  expect(all).toMatch(/\d+ passed/);
  expect(all).not.toMatch(/skipped/);
});
