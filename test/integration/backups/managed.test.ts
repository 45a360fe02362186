import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { resolveImages } from "../../../scripts/images/resolve-images.ts";
import { removeImages, smallImage } from "../../small-image.ts";
import { docker, until } from "../../throw-away.ts";
import type { TestStack } from "../stack.ts";
import { makeTinyStack } from "../tiny-stack.ts";
import { front, type OffsiteServer, startSftp } from "./offsite-servers.ts";
import { startOldServer, text } from "./take-over.ts";

let stack: TestStack;
let image: string;
let managed: Awaited<ReturnType<typeof startOldServer>>;
let gate: Awaited<ReturnType<typeof front>>;
let offsite: OffsiteServer;
const directory = mkdtempSync(join(tmpdir(), "slipway-managed-"));
const at = (name: string) => join(directory, name);
const password = "p/ss word";

beforeAll(async () => {
  const { helper, postgres } = await resolveImages({ detail: () => {}, note: console.info });
  managed = await startOldServer(postgres, "slipway-test");
  // A dump names those that a policy is for, and cannot be loaded where they are not.
  await managed.ask('CREATE POLICY readers ON written TO "Old Reader" USING (true)');
  gate = await front(managed.port);
  offsite = await startSftp();
  image = await smallImage(helper, "here");
  stack = await makeTinyStack(image, (config) => {
    const set = (key: string, value: unknown) =>
      config.setIn(["config", `slipway:${key}`], config.createNode(value));
    set("app", { volumes: { uploads: "/var/lib/web/uploads" } });
    set("postgres", { mode: "managed" });
    set("backups", { prove: true, offsite: offsite.settings });
  });
  const key = ["--path", "slipway:backups.offsite.privateKey"];
  const setting = stack.pulumi("config", "set", "--secret", ...key);
  setting.stdin?.end(offsite.secrets.privateKey);
  await setting;
  const url = `postgresql://postgres:${encodeURIComponent(password)}@${gate.address}:${gate.port}/shop`;
  await stack.pulumi("config", "set", "--secret", "--path", "slipway:postgres.url", url);
  await stack.up();
});

afterAll(async () => {
  await stack?.takeDown();
  await gate?.close();
  await managed?.stop();
  await offsite?.stop();
  if (image) await removeImages(image);
  rmSync(directory, { recursive: true });
});

const set = String.raw`\d{8}-\d{6}`;
const status = async () => (await stack.script("show-status.ts")).all;
const journal = () => readFileSync(`/var/lib/slipway/${stack.name}/journal/log`, "utf8");
const run = async (script: string, ...words: string[]) => {
  const { exitCode, all } = await stack.script(script, ...words);
  expect(all).not.toContain(password);
  expect(all).not.toContain(encodeURIComponent(password));
  return { exitCode, all };
};

it("the first deploy has it dumped and the dump proved, and nobody waits for it", async () => {
  await until(async () => /"event":"proved","repository":"2"/.test(journal()) || undefined, 300);
  const said = await status();
  for (const repository of [1, 2]) {
    expect(said).toMatch(new RegExp(`^proof of repository ${repository}: ${set}, [^;]*$`, "m"));
    expect(said).toMatch(new RegExp(`^backup in repository ${repository}: ${set}, [^;]*$`, "m"));
  }
});

it("a dump comes back as a file, with the rows, and so do the files", async () => {
  const uploads = `slipway-${stack.name}-uploads`;
  const { helper } = await resolveImages({ detail: () => {}, note: console.info });
  const script = "echo invoice >/u/1.pdf";
  await docker("run", "--rm", "--volume", `${uploads}:/u`, helper, "sh", "-euc", script);
  const backup = await run("take-backup.ts", "--full");
  expect(backup.exitCode, backup.all).toBe(0);
  for (const repository of [1, 2]) {
    expect(backup.all).toMatch(
      new RegExp(`^repository ${repository}: dump ${set} of .*, read back$`, "m"),
    );
    expect(backup.all).toMatch(
      new RegExp(`verdict\\trepository ${repository}\\tproved in \\d+ s, 501 rows`),
    );
  }
  await managed.ask("INSERT INTO written VALUES ('after the dump')");

  const { exitCode, all } = await run("restore-data.ts", "--files", "--into", at("saved"));
  expect(exitCode, all).toBe(0);
  expect(statSync(at("saved.dump")).mode & 0o777).toBe(0o600);
  await managed.ask("CREATE DATABASE again");
  const words = ["exec", "--interactive", managed.name, "pg_restore", "--username=postgres"];
  const flags = /pg_restore (--no-owner .*) --dbname=/.exec(all)?.[1]?.split(" ") ?? [];
  await execa("docker", [...words, ...flags, "--dbname=again"], { inputFile: at("saved.dump") });
  const again = ["exec", managed.name, "psql", "-U", "postgres", "-d", "again", "-qAtc"];
  const query = "SELECT text FROM written UNION ALL SELECT count(*)::text FROM sales.invoices";
  expect(await docker(...again, query)).toBe(`${text}\n500`);
  const { stdout } = await execa("tar", [
    "-xOf",
    at("saved.tar"),
    `files/volumes/${uploads}/1.pdf`,
  ]);
  expect(stdout).toBe("invoice");
});

it("it is proved on demand, with the keys that were put away", async () => {
  const escrow = await run("escrow-keys.ts", "--out", at("keys.sh"));
  expect(escrow.exitCode, escrow.all).toBe(0);
  expect(readFileSync(at("keys.sh"), "utf8")).toContain("pg_restore --no-owner");
  const drill = await run("run-drill.ts", "--to", "newest", "--escrow", at("keys.sh"));
  expect(drill.exitCode, drill.all).toBe(0);
  expect(drill.all).toMatch(/content .* 501 rows/);
});

it("it comes from the other repository when the host's is lost, which is made anew", async () => {
  const { helper } = await resolveImages({ detail: () => {}, note: console.info });
  const repository = `slipway-${stack.name}-backups:/r`;
  await docker("run", "--rm", "--volume", repository, helper, "sh", "-euc", "rm -r /r/files");
  const { exitCode, all } = await run("restore-data.ts", "--into", at("elsewhere.dump"));
  expect(exitCode, all).toBe(0);
  const words = ["run", "--rm", "--interactive", "--entrypoint", "pg_restore"];
  const { postgres } = await resolveImages({ detail: () => {}, note: console.info });
  const { stdout } = await execa("docker", [...words, postgres, "--file=-"], {
    inputFile: at("elsewhere.dump"),
  });
  expect(stdout).toContain(text);
  expect((await run("take-backup.ts")).exitCode).toBe(0);
});

it("what makes no sense of a managed Postgres is refused with what to type", async () => {
  const refused = async (...words: string[]) => (await run("restore-data.ts", ...words)).all;
  expect(await refused("--into", "live")).toMatch(/is managed: .* type: npm run restore -- --to/);
  expect(await refused("--to", "2026-05-04T12:00Z")).toMatch(/no going back to a moment/);
  expect(await refused("--to", "20200101-000000", "--into", at("none"))).toMatch(
    new RegExp(`has such a dump; there are:( ${set}){3}$`, "m"),
  );
  expect((await run("run-drill.ts", "--to", "2026-05-04T12:00Z")).all).toMatch(/no dump 2026/);
  expect((await run("rebuild-stack.ts")).all).toMatch(/is managed, and not lost with its server/);
});

it("one that cannot be had fails for a reason, which is red, and without the password", async () => {
  await managed.ask("ALTER ROLE postgres PASSWORD 'another'");
  const denied = await run("take-backup.ts");
  expect(denied.exitCode).toBe(1);
  expect(denied.all).toMatch(
    /^slipway: the server cannot be asked: .*password authentication failed/m,
  );
  gate.goAway();
  expect((await run("take-backup.ts")).all).toMatch(
    /^slipway: the server cannot be asked: .*connection/m,
  );
  expect(await status()).toMatch(/^backup in repository 1: .*; the server cannot be asked/m);
  expect(journal()).not.toContain(password);
});
