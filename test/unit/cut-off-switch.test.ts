import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hostScript } from "../../components/host-script.ts";

let root: string;
const [before, release] = ["0ld00000", "0123abcd"];
const kept = `${release}\n${before}\nroutes of before\nand more\n`;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "slipway-cut-off-"));
  for (const directory of ["staging/live", "staging/journal", "edges/edge/dynamic"])
    mkdirSync(join(root, directory), { recursive: true });
  writeFileSync(join(root, "staging/live/release"), `${release}\n`);
  writeFileSync(join(root, "edges/edge/dynamic/staging.yml"), "routes of the new one\n");
});

afterEach(() => rmSync(root, { recursive: true }));

async function run(body: string): Promise<string> {
  const script = hostScript(
    "switch-release",
    { engine: "unix:///nowhere", directory: root, helperImage: "" },
    { STACK: "staging", RELEASE: release, EDGE_FILE: "edges/edge/dynamic/staging.yml" },
  );
  const input = script.replace('"$1" {', `${body} {`);
  return (await execa("bash", ["-s"], { input })).stdout;
}

const begin =
  'take_up_what_was_cut_off; begin_switch; printf "%s|%s" "$previous" "$previous_routes"';

test("a switch that goes on with one that was cut off goes back to where that one would have", async () => {
  writeFileSync(join(root, "staging/journal/switch"), kept);
  expect(await run(begin)).toBe(`${before}|routes of before\nand more`);
  expect(readFileSync(join(root, "staging/journal/switch"), "utf8")).toBe(kept);
});

test("one that begins anew goes back to what is there", async () => {
  expect(await run(begin)).toBe(`${release}|routes of the new one`);
  expect(readFileSync(join(root, "staging/journal/switch"), "utf8")).toBe(
    `${release}\n${release}\nroutes of the new one\n`,
  );
});
