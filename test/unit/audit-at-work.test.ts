import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, expect, test } from "vitest";
import { hostScript } from "../../components/host-script.ts";

const root = mkdtempSync(join(tmpdir(), "slipway-at-work-"));
for (const directory of ["journal", "live"])
  mkdirSync(join(root, "staging", directory), { recursive: true });
writeFileSync(join(root, "staging/journal/log"), "");
afterAll(() => rmSync(root, { recursive: true }));

async function look(): Promise<string> {
  const script = hostScript(
    "audit",
    { engine: "unix:///nowhere", directory: root, helperImage: "" },
    { STACK: "staging" },
  );
  return (await execa("bash", ["-s"], { input: script.replace('"$1" {', "show_release {") }))
    .stdout;
}

test("nothing is at work where nobody holds a lock", async () => {
  expect(await look()).toMatch(/^marker \nquiet-for \d+$/);
});

test.each([
  ["deploy", "journal"],
  ["switch", "live"],
  ["migration", "."],
  ["copy with masked values", "journal/log"],
])("a %s is at work while it holds its lock", async (_, path) => {
  const holder = execa("flock", [join(root, "staging", path), "sh", "-c", "echo held; cat"]);
  await holder.iterable()[Symbol.asyncIterator]().next();
  const said = await look();
  holder.stdin.end();
  await holder;
  expect(said).toContain("at-work - -");
});
