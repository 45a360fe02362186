import { readFileSync, rmSync, symlinkSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { askAllTheTime } from "./asking.ts";
import { ordersOf } from "./orders.ts";
import { docker, TestStack } from "./stack.ts";

const root = join(import.meta.dirname, "../..");
let checkout: string;
let stack: TestStack;

beforeAll(async () => {
  checkout = await mkdtemp(join(tmpdir(), "slipway-upgrade-"));
  await git("clone", "--quiet", "--no-checkout", root, checkout);
  await git("-C", checkout, "checkout", "--quiet", await previousVersion());
  await installPackages();
  stack = new TestStack(checkout);
  // The version before knows no backups.
  await stack.prepare((config) => config.deleteIn(["config", "slipway:backups"]));
  const { exitCode, all } = await stack.script("run-quickstart.ts");
  if (exitCode !== 0) throw new Error(all);
});

afterAll(async () => {
  await stack?.takeDown();
  rmSync(checkout, { recursive: true, force: true });
});

async function git(...words: string[]): Promise<string> {
  return (await execa("git", words, { cwd: root })).stdout;
}

/** The newest tag before this commit; where none came along, the commit before the version was raised. */
async function previousVersion(): Promise<string> {
  const tag = await git("describe", "--tags", "--abbrev=0", "--match", "v*", "HEAD~1").catch(
    () => undefined,
  );
  if (tag) return tag;
  const raised = ["log", "-1", "--format=%H~1", '-G^  "version":', "--", "package.json"];
  return git("rev-parse", "--verify", await git(...raised));
}

/** Those of this checkout, where they are the same. */
async function installPackages(): Promise<void> {
  const lock = (directory: string) =>
    readFileSync(join(directory, "package-lock.json"), "utf8").replaceAll(/"version": "0.*/g, "");
  if (lock(checkout) === lock(root)) {
    symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"));
  } else {
    await execa("npm", ["ci"], { cwd: checkout });
  }
}

/** What is in this checkout, committed or not, in the place of the previous version. */
async function takePresentVersion(): Promise<void> {
  await git("-C", checkout, "rm", "-r", "--quiet", "--force", ".");
  const copy =
    'git ls-files -z --cached --others --exclude-standard | tar --create --null --files-from=- | tar --extract --directory="$0"';
  await execa("bash", ["-c", copy, checkout], { cwd: root });
  rmSync(join(checkout, "node_modules"), { recursive: true, force: true });
  await installPackages();
}

const contentsOf = async (table: string) => {
  const [server = ""] = await stack.containers("postgres");
  const query = `select count(*), md5(string_agg(t::text, ',' order by id)) from ${table} t where id <= 3`;
  return (await docker("exec", server, "psql", "-U", "postgres", "-d", "app", "-Atc", query))
    .stdout;
};

/** In a container of the API that serves. */
const inUploads = async (script: string) => {
  const [api = ""] = await stack.containers("service");
  return (await docker("exec", api, "sh", "-euc", `cd /var/lib/erp/uploads; ${script}`)).stdout;
};

it("the version before makes way to this one without a failed request but for a restart of Postgres, and data is as it was", async () => {
  const orders = ordersOf(stack);
  for (const customer of ["Ada", "Grace", "Edsger"]) {
    const id = await orders.place(customer);
    await orders.invoiced(id);
  }
  const before = await contentsOf("orders");
  expect(before).toMatch(/^3\|/);
  await inUploads("echo kept >file");

  const to = { port: stack.httpsPort, host: "localhost", path: "/api/v1/orders?limit=1" };
  const [server] = await stack.containers("postgres");
  const stops = [askAllTheTime(to, false), askAllTheTime(to, true)];
  await takePresentVersion();
  const { exitCode, all } = await stack.pulumi("up", "--yes", "--skip-preview");
  const answers = (await Promise.all(stops.map((stop) => stop()))).flat();
  expect(exitCode, all).toBe(0);
  const slowest = Math.max(...answers.map(({ seconds }) => seconds));
  const failed = answers.filter(({ status }) => status !== 200);
  console.info(
    `${answers.length} answers, ${failed.length} without an order, the slowest after ${slowest.toFixed(2)} s`,
  );
  // Postgres with other settings starts anew, and who needs it is told so meanwhile: for 30 seconds at most.
  const restarted = (await stack.containers("postgres"))[0] !== server;
  expect(failed.filter(({ status }) => !restarted || status !== 503)).toEqual([]);
  expect(failed.length).toBeLessThan(2 * 40 * 30);

  expect(await contentsOf("orders")).toBe(before);
  expect(await inUploads("cat file")).toBe("kept");
  await orders.invoiced(await orders.place("Barbara"));
  const again = await stack.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
  expect(again.exitCode, again.all).toBe(0);
});
