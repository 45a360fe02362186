import { afterAll, beforeAll, expect, it } from "vitest";
import { docker, until } from "../../throw-away.ts";
import { type DatabaseStack, makeDatabaseStack } from "./database-stack.ts";

let made: DatabaseStack;

beforeAll(async () => {
  made = await makeDatabaseStack();
  await made.ask("insert into written select 'row ' || n from generate_series(1, 2000) n");
});

afterAll(() => made?.takeDown());

const drill = (...words: string[]) => made.stack.script("run-drill.ts", ...words);

it("a backup is proved after it was taken", async () => {
  const { exitCode, all } = await until(async () => {
    const taken = await made.stack.script("take-backup.ts", "--full");
    return taken.all.includes("at work already") ? undefined : taken;
  });
  console.log(all);
  expect(exitCode, all).toBe(0);
  expect(all).toMatch(/^verdict\trepository 1\tproved in \d+ s, 200\d rows$/m);
  const a = await drill("--to", "newest");
  console.log(a.all);
  const b = await drill();
  console.log(b.all);
  console.log(await docker("ps", "-a", "--filter", `label=slipway.stack=${made.stack.name}`));
  console.log(
    (await import("node:fs")).readFileSync(
      `/var/lib/slipway/${made.stack.name}/journal/log`,
      "utf8",
    ),
  );
});
