import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { ProofImages } from "../../../scripts/prove/proof-images.ts";
import { ordersOf } from "../orders.ts";
import { docker, TestStack } from "../stack.ts";
import { Traffic } from "./traffic.ts";

const stack = new TestStack();
const { place, invoiced, read } = ordersOf(stack);
let base = "";
let images: ProofImages;

beforeAll(async () => {
  await stack.prepare();
  const { exitCode, all } = await stack.script("run-quickstart.ts");
  if (exitCode !== 0) throw new Error(all);
  base = parse(readFileSync(stack.configFile, "utf8")).config["slipway:app"].image;
  images = new ProofImages(base, { detail: () => {}, note: console.info });
  await invoiced(await place("Ada"));
});
afterAll(() => stack.takeDown());

async function configure(key: string, value: string): Promise<void> {
  const { exitCode, all } = await stack.pulumi("config", "set", "--path", `slipway:${key}`, value);
  expect(exitCode, all).toBe(0);
}

async function sql(statement: string): Promise<string> {
  const [server = ""] = await stack.containers("postgres");
  const words = ["psql", "--username=postgres", "--dbname=app", "--no-align", "--tuples-only"];
  return (await docker("exec", server, ...words, "--command", statement)).stdout;
}

const columns = async () =>
  (await sql("SELECT column_name FROM information_schema.columns WHERE table_name = 'orders'"))
    .split("\n")
    .sort();

const live = async () => (await stack.pulumi("stack", "output", "release")).stdout;

it("a release with a migration is rolled back from, and the database keeps what it was migrated to", async () => {
  const before = await live();
  await configure("app.image", await images.make("migration-waits"));
  const said = await stack.up();
  expect(said).toMatch(/restore point: [\d.]+ s, .* restored and compared/);
  expect(said).toMatch(/old code: [\d.]+ s, release \S+ is ready on the migrated copy/);
  expect(await columns()).toContain("note");

  const { exitCode, all } = await stack.script("roll-back.ts", "--yes");
  expect(exitCode, all).toBe(0);
  expect(all).toContain("the database is newer than this image (0900_fault): nothing is migrated");
  expect(await live()).toBe(before);
  expect(await columns()).toContain("note");
  expect((await invoiced(await place("Grace"))).release).toBe(before);
  await sql("ALTER TABLE orders DROP COLUMN note");
  await sql("UPDATE alembic_version SET version_num = '0002_ticks'");
});

it("from a migration that destroys rows there is one way back, with the data of before, and it says what that loses", async () => {
  const before = await live();
  const ada = await place("Ada");
  await configure("app.image", await images.make("migration-destroys-rows"));
  await stack.up();
  const bad = await live();
  const count = () => sql("SELECT count(*) FROM orders");
  expect(await count()).toBe("0");
  await place("Babbage");
  const goBack = () => stack.script("roll-back.ts", "--with-data", "--confirm", stack.name);

  await configure("deploy.spareDiskMegabytes", "999999999");
  const failed = await goBack();
  await stack.pulumi("config", "rm", "--path", "slipway:deploy.spareDiskMegabytes");
  expect(failed.exitCode).not.toBe(0);
  expect(failed.all).toContain(`Release ${bad} serves on`);
  expect(await count()).toBe("1");
  expect((await stack.ask("/api/v1/orders?limit=1")).status).toBe(200);

  const { exitCode, all } = await goBack();
  expect(exitCode, all).toBe(0);
  const [loss] = /^.* will be down until .*$/m.exec(all) ?? [];
  expect(loss).toMatch(/before-\S+, and what was written in the last \d+ \w+ is not in it/);
  expect(all.indexOf("Updating (")).toBeGreaterThan(all.indexOf(String(loss)));
  expect(all).toContain(`Release ${before} serves again.`);
  expect(await read(ada)).toMatchObject({ customer: "Ada" });
  const status = await stack.script("show-status.ts");
  expect(status.all).toContain(`${stack.name}: release ${before} is live`);
  expect(status.all).not.toMatch(/exited| no .*\d+ min/);
  expect(await stack.containers("maintenance")).toEqual([]);
  expect((await invoiced(await place("Grace"))).release).toBe(before);
});

it("a migration that the code before cannot live with is refused, until a downtime is declared", async () => {
  const before = await live();
  await configure("app.image", await images.make("migration-breaks-old-code"));
  const { exitCode, all } = await stack.pulumi("up", "--yes", "--skip-preview");
  expect(exitCode).not.toBe(0);
  expect(all).toContain("config set --path slipway:migration.downtime declared");
  expect(await columns()).not.toContain("client");
  expect((await invoiced(await place("Byron"))).release).toBe(before);

  await configure("migration.downtime", "declared");
  const traffic = new Traffic(stack, "/api/v1/orders?limit=1");
  const said = await stack.up();
  const requests = await traffic.stop();
  expect(said).toContain("the page for maintenance stands until release");
  // Nobody gets an error: the page, or an answer.
  expect([...new Set(requests.map(({ status }) => status))].sort()).toEqual([200, 503]);
  expect(requests.at(-1)?.status).toBe(200);
  expect(await columns()).toContain("client");
  expect(await stack.containers("maintenance")).toEqual([]);
  expect((await invoiced(await place("Lovelace"))).release).toBe(await live());
});
