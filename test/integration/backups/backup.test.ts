import { afterAll, beforeAll, expect, it } from "vitest";
import { docker, until } from "../../throw-away.ts";
import { type DatabaseStack, makeDatabaseStack } from "./database-stack.ts";

let made: DatabaseStack;

beforeAll(async () => {
  made = await makeDatabaseStack();
});

afterAll(async () => {
  await made?.takeDown();
});

const backUp = (...words: string[]) => made.stack.script("take-backup.ts", ...words);

it("the first deploy has a full one taken, and nobody waits for it", async () => {
  const first = /^backup in repository 1: \d{8}-\d{6}F, /m;
  await until(async () => first.exec((await made.stack.script("show-status.ts")).all) ?? undefined);
});

it("then what changed since is taken, or all on demand; each is read back and stands in the journal", async () => {
  const second = await backUp();
  expect(second.all).toMatch(/^repository 1: diff backup \d{8}-\d{6}F_\d{8}-\d{6}D /m);
  const third = await backUp("--full");
  expect(third.all).toMatch(/^repository 1: full backup /m);
  const { all } = await made.stack.script("show-status.ts");
  expect(all).toMatch(/^backup in repository 1: \d{8}-\d{6}F, /m);
});

it("one that cannot be read back fails with its reason, which the status shows", async () => {
  // What did not change since the full one is read from there.
  const newest = "find /var/lib/pgbackrest/backup -path '*F/bundle/*' -type f | sort | tail -n 1";
  await docker("exec", made.server, "sh", "-c", `truncate -s -1000 "$(${newest})"`);
  const { exitCode, all } = await backUp();
  expect(exitCode).toBe(1);
  expect(all).toMatch(/repository 1: the backup \S+ could not be read back: .*status: invalid/m);
  const status = await made.stack.script("show-status.ts");
  expect(status.all).toMatch(/^backup in repository 1: .* could not be read back: /m);
  expect((await backUp("--full")).exitCode).toBe(0);
});

it("what was given up because too much waited is told, and the next backup is a full one", async () => {
  await docker("exec", made.server, "touch", "/var/lib/postgresql/data/archive-gap");
  const { all } = await backUp();
  expect(all).toMatch(/^repository 1: full backup /m);
  expect((await backUp()).all).toMatch(/^repository 1: diff backup /m);
});

it("two at a time are one: the other one says so", async () => {
  const [a, b] = await Promise.all([backUp("--full"), backUp("--full")]);
  expect([a.exitCode, b.exitCode].sort()).toEqual([0, 1]);
  expect(`${a.all}${b.all}`).toContain(`a backup of ${made.stack.name} is at work already`);
});
