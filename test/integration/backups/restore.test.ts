import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { resolveImages } from "../../../scripts/images/resolve-images.ts";
import { docker, until } from "../../throw-away.ts";
import { holdersOf, signal } from "../deploy/processes.ts";
import { type DatabaseStack, makeDatabaseStack } from "./database-stack.ts";

let database: DatabaseStack;
/** Between what is to stay and what was done by mistake. */
let moment: string;
/** The backup before it. */
let set: string;
let inVolume: (volume: string, script: string) => Promise<string>;
const uploads = () => `slipway-${database.stack.name}-uploads`;

beforeAll(async () => {
  database = await makeDatabaseStack((config) => {
    const app = { volumes: { uploads: "/var/lib/web/uploads" } };
    config.setIn(["config", "slipway:app"], config.createNode(app));
  });
  const { helper } = await resolveImages({ detail: () => {}, note: console.info });
  inVolume = (volume, script) =>
    docker("run", "--rm", "--volume", `${volume}:/u`, helper, "sh", "-euc", `cd /u; ${script}`);
  await inVolume(uploads(), "echo invoice >1.pdf; chown 10001:10001 1.pdf; chmod 0640 1.pdf");
  const certificates = `/var/lib/slipway/edges/edge-${database.stack.name}/acme`;
  writeFileSync(join(certificates, "acme.json"), "{}");
  await database.ask("insert into written values ('kept')");
  await database.backupEnds();
  const { exitCode, all } = await database.stack.script("take-backup.ts", "--full");
  expect(exitCode, all).toBe(0);
  [, set = ""] = /full backup (\S+)/.exec(all) ?? [];
  await database.ask("insert into written values ('second')");
  moment = await database.ask(
    "select to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS.MS')",
  );
  await database.ask("select pg_sleep(0.01)");
  await inVolume(uploads(), "echo mistaken >1.pdf; echo more >2.pdf");
  await database.ask("delete from written");
  await database.ask("insert into written values ('mistaken')");
});

afterAll(() => database?.takeDown());

/** As a script that is killed may leave one, which still moves what is in the volumes. Returns its id. */
async function helperAtWork(): Promise<string> {
  const { helper } = await resolveImages({ detail: () => {}, note: console.info });
  const label = `slipway.helper=${database.stack.name}`;
  const words = ["--detach", "--rm", "--label", label, "--volume", "/mnt:/volumes"];
  return docker("run", ...words, helper, "sleep", "15");
}

const restore = (...words: string[]) => database.stack.script("restore-data.ts", ...words);
const undo = (...words: string[]) => restore("--undo", ...words, ...confirm());
const confirm = () => ["--confirm", database.stack.name];
const texts = "select string_agg(text, ' ' order by at) from written";
const directory = () => `/var/lib/slipway/${database.stack.name}`;
const besides = () => database.stack.script("open-psql.ts", "--side", "-Atc", texts);

it("what cannot be gone back to is refused with what can", async () => {
  const to = async (when: string) => {
    const { exitCode, stderr } = await restore("--to", when);
    return [exitCode, stderr];
  };
  const refused = (text: RegExp) => [1, expect.stringMatching(text)];
  expect(await to("2020-01-01")).toEqual(
    refused(/^slipway: there is nothing as old as 2020-01-01.*any moment since 20\d\d-/),
  );
  expect(await to("20200101-000000F")).toEqual(
    refused(/^slipway: there is no backup 20200101-000000F; there are: (20\d{6}-\d{6}F ?)+\n?$/),
  );
  expect(await to("2999-01-01")).toEqual(refused(/still to come; .*--to latest/));
  expect(await to("yesterday")).toEqual(refused(/'yesterday' is no restore point.*; type latest/));
});

it("too little room is seen before anything is restored", async () => {
  const programs = mkdtempSync(join(tmpdir(), "slipway-full-"));
  writeFileSync(join(programs, "df"), "#!/bin/sh\nprintf 'Avail\\n1024\\n'\n", { mode: 0o755 });
  vi.stubEnv("PATH", `${programs}:${process.env.PATH}`);
  try {
    const { exitCode, stderr } = await restore();
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^slipway: a copy of the data needs \d+ MB on .*, and 1 MB are free; make/,
      ),
    ]);
  } finally {
    vi.unstubAllEnvs();
    rmSync(programs, { recursive: true });
  }
});

it("a moment is restored beside the live data, which serves on", async () => {
  const { exitCode, all } = await restore("--to", `${moment}Z`);
  expect(exitCode, all).toBe(0);
  expect(all).toMatch(
    /1 tables, 2 rows, \d+ MB; what was written in the last \d+ \w+ is not in it/,
  );
  expect((await besides()).stdout).toBe("kept second");
  expect(await database.ask(texts)).toBe("mistaken");
  expect((await database.stack.ask("/")).status).toBe(200);
});

it("files of the backup before it are restored beside theirs, as they were", async () => {
  const { exitCode, all } = await restore("--to", `${moment}Z`, "--files-only");
  expect(exitCode, all).toBe(0);
  expect(all).toContain(`Files beside: those of the backup ${set}, of `);
  expect(all).toContain(`--volume ${uploads()}.side:/side:ro --volume ${uploads()}:/live`);
  expect(await inVolume(`${uploads()}.side`, "cat *; stat -c '%u:%g %a' . 1.pdf")).toBe(
    await inVolume(uploads(), "echo invoice; stat -c '%u:%g %a' . 1.pdf"),
  );
  const early = await restore("--to", "2020-01-01", "--files-only");
  expect(early.stderr).toMatch(/^slipway: no backup as old as that has files; .*npm run status/);
  const named = await restore("--to", set, "--files-only");
  expect(named.all).toContain(`Files beside: those of the backup ${set}, of `);
});

it("nothing goes live unless the stack's name is typed", async () => {
  const unasked = await restore("--into", "live");
  expect(unasked.exitCode).toBe(1);
  expect(unasked.stderr).toContain(`add: --confirm ${database.stack.name}`);
  const wrong = await restore("--into", "live", "--confirm", "production");
  expect(wrong.stderr).toContain("nothing was changed");
  expect(await database.ask(texts)).toBe("mistaken");
});

it("what was restored beside goes live, the application serves with it, and writes are archived on", async () => {
  const answers: number[] = [];
  let asks = true;
  const asking = (async () => {
    while (asks) answers.push((await database.stack.ask("/").catch(() => ({ status: 0 }))).status);
  })();
  const { exitCode, all } = await restore("--into", "live", "--files", ...confirm());
  asks = false;
  await asking;
  expect(exitCode, all).toBe(0);
  expect(all).toContain("npm run restore -- --undo --files --stack");
  expect(all).toMatch(/the certificates in \S+ stay as they are/);
  expect(await inVolume(uploads(), "cat *")).toBe("invoice");
  expect(new Set(answers)).toEqual(new Set([200, 503]));
  expect(await database.ask(texts)).toBe("kept second");
  await database.ask("insert into written values ('after')");
  await database.archive();
  // A login of the application still opens it.
  expect((await database.stack.ask("/")).status).toBe(200);
});

it("the newest that was archived is on the restored line of time", async () => {
  const { exitCode, all } = await restore();
  expect(exitCode, all).toBe(0);
  expect((await besides()).stdout).toBe("kept second after");
});

it("what is not all beside does not go live in part, nor of another moment than was looked at", async () => {
  const { exitCode, stderr } = await restore("--into", "live", "--files", ...confirm());
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringMatching(
      /^slipway: beside is nothing but the database; say .* --to TIME --into live --files --stack/,
    ),
  ]);
});

it("undo brings the data of before back, and what comes after it can be restored", async () => {
  const { exitCode, all } = await undo("--files");
  expect(exitCode, all).toBe(0);
  expect(await inVolume(uploads(), "cat *")).toBe("mistaken\nmore");
  expect(await database.ask(texts)).toBe("mistaken");
  await database.ask("insert into written values ('undone')");
  await database.archive();
  const again = await restore();
  expect(again.exitCode, again.all).toBe(0);
  expect((await besides()).stdout).toBe("mistaken undone");
  const nothing = await undo();
  expect(nothing.stderr).toMatch(/^slipway: no data of before a restore is kept/);
});

describe("killed half-way", () => {
  let before: string;

  const live = ["--into", "live", "--files"];
  const goLive = () => restore("--to", `${moment}Z`, ...live, ...confirm());

  beforeAll(async () => {
    before = await database.ask(texts);
  });

  it.each(["closing", "exchanging", "started"])(
    "while %s, the next that looks has the data of before live and serving",
    async (phase) => {
      const { stack } = database;
      const running = goLive();
      await killHostScript(directory(), phase);
      expect((await running).exitCode).not.toBe(0);
      const refused = await stack.pulumi("up", "--yes", "--skip-preview");
      expect(refused.all).toContain(`npm run recover -- --stack ${stack.name}`);
      const left = await helperAtWork();
      const recovered = await stack.script("recover-stack.ts");
      expect(recovered.exitCode, recovered.all).toBe(0);
      expect(await docker("ps", "--quiet", "--no-trunc")).not.toContain(left);
      expect(recovered.all).toContain("the data of before is live");
      expect(await database.ask(texts)).toBe(before);
      expect(await inVolume(uploads(), "cat *")).toBe("mistaken\nmore");
      expect((await stack.ask("/")).status).toBe(200);
    },
  );

  it("while nothing serves until a release comes, `recover` has the data of before live and serving", async () => {
    const { stack } = database;
    const [{ HostRestore }, { readEnvironment }, { StackState }, { ensureToolchain }] =
      await Promise.all([
        import("../../../scripts/restore/host-restore.ts"),
        import("../../../scripts/environment.ts"),
        import("../../../scripts/stack-state.ts"),
        import("../../../scripts/toolchain/ensure-toolchain.ts"),
      ]);
    await restore("--to", `${moment}Z`, "--files");
    await database.ask("insert into written values ('meanwhile')");
    const toolchain = await ensureToolchain({ detail: () => {}, note: console.info });
    const state = await new StackState(stack.name, toolchain).open();
    await new HostRestore(readEnvironment(stack.name), state, [
      "files",
      "database",
    ]).goLiveForNext();
    expect((await stack.ask("/")).status).toBe(503);
    expect(await database.ask(texts)).toBe("kept second");
    const recovered = await stack.script("recover-stack.ts");
    expect(recovered.exitCode, recovered.all).toBe(0);
    expect(recovered.all).toContain("(waiting): the data of before is live");
    before += " meanwhile";
    expect(await database.ask(texts)).toBe(before);
    expect(await inVolume(uploads(), "cat *")).toBe("mistaken\nmore");
    expect((await stack.ask("/")).status).toBe(200);
  });

  it("what has been live goes there again by a restore alone", async () => {
    const { exitCode, stderr } = await restore(...live, ...confirm());
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^slipway: the database that is beside has been live.*: npm run restore -- --to TIME --into live/,
      ),
    ]);
    expect(await database.ask(texts)).toBe(before);
    expect((await database.stack.ask("/")).status).toBe(200);
  });

  it("what is written afterwards can be restored", async () => {
    await database.ask("insert into written values ('recovered')");
    const again = await restore();
    expect(again.exitCode, again.all).toBe(0);
    expect((await besides()).stdout).toBe(`${before} recovered`);
  });
});

it("another restore at work, or a deploy, is waited for by who types it", async () => {
  const whileHeld = async (path: string, ...words: string[]) => {
    const holder = execa("flock", [path, "sleep", "60"], { reject: false });
    await until(async () =>
      (await execa("flock", ["--nonblock", path, "true"], { reject: false })).failed
        ? true
        : undefined,
    );
    const { stderr } = await restore(...words);
    signal(holdersOf(path), "SIGKILL");
    await holder;
    return stderr;
  };
  const journal = join(directory(), "journal");
  expect(await whileHeld(join(journal, "restore.lock"))).toMatch(
    /^slipway: another restore of \S+ is at work/,
  );
  const live = ["--into", "live", ...confirm()];
  expect(await whileHeld(journal, ...live)).toMatch(/^slipway: a deploy of \S+ is at work/);
});

it("a part of the log that is missing is not taken for its end", async () => {
  await database.archive();
  const { segment } = await database.write("before");
  await database.archive();
  await database.ask("select pg_sleep(1.1)");
  const missing = await database.write("missing");
  await database.archive();
  await database.write("after");
  expect(missing.segment > segment).toBe(true);
  const remove = `rm /var/lib/pgbackrest/archive/*/*/*/${missing.segment}-*`;
  await docker("exec", database.server, "sh", "-euc", remove);
  const { exitCode, stderr } = await restore();
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringMatching(
      /^slipway: a part of the log is missing in repository 1: what was written after 20/,
    ),
  ]);
  const [, until = ""] = /npm run restore -- --to '([^']+)'/.exec(stderr) ?? [];
  const whole = await restore("--to", until);
  expect(whole.exitCode, whole.all).toBe(0);
  expect((await besides()).stdout).not.toMatch(/missing|after/);
});

it("what is beside and what is kept goes when it is told to", async () => {
  const { exitCode, all } = await restore("--drop");
  expect(exitCode, all).toBe(0);
  const volumes = await docker(
    "volume",
    "ls",
    "--quiet",
    "--filter",
    `name=${database.stack.name}`,
  );
  expect(volumes).not.toMatch(/\.(side|kept)$/m);
});

/** Kills the script on the host, as it is in a phase, and what it has started; its containers go on. */
async function killHostScript(directory: string, phase: string): Promise<void> {
  const sign = join(directory, "journal/restore");
  const isNow = async () => {
    const now = existsSync(sign) ? readFileSync(sign, "utf8") : "";
    return now.trim().endsWith(` ${phase}`) ? true : undefined;
  };
  await until(isNow, 120, 10);
  const holders = holdersOf(join(directory, "journal/restore.lock"));
  expect(holders.length).toBeGreaterThan(0);
  signal(holders, "SIGKILL");
}
