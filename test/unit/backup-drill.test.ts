import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import { hostScript } from "../../components/host-script.ts";

const root = mkdtempSync(join(tmpdir(), "slipway-drill-"));
afterAll(() => rmSync(root, { recursive: true }));

const days = 86_400;
const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
const seconds = (at: Date) => Math.floor(at.getTime() / 1000);

/** What the job prints of itself when it runs these lines. */
async function inJob(journal: { time: Date; event: string; more?: string }[], lines: string) {
  mkdirSync(join(root, "staging/journal"), { recursive: true });
  const text = journal.map(
    ({ time, event, more = "" }) =>
      `{"time":"${time.toISOString()}","deploy":"","event":"${event}"${more}}\n`,
  );
  writeFileSync(join(root, "staging/journal/log"), text.join(""));
  const host = { engine: "unix:///nowhere", directory: root, helperImage: "" };
  const script = hostScript("take-backup", host, { STACK: "staging", REPOSITORIES: "1" });
  const input = script.replace('"$1" {', () => `apply() { ${lines}\n}\n"$1" {`);
  return (await execa("bash", ["-s", "apply"], { input })).stdout;
}

describe("a drill in the month", () => {
  const due = (journal: Parameters<typeof inJob>[0], saved: string, oldest: number) =>
    inJob(
      journal,
      `engine_sets() { echo "A full 1 0 ${seconds(ago(oldest))} false 9"; }
       ! is_drill_due '${saved}' || echo due`,
    );
  const drilled = (time: Date, repository = "1") => ({
    ...{ time, event: "drilled", more: `,"repository":"${repository}"` },
  });

  it.each([
    ["is due with a full backup", [], "1 full", 3 * days, "due"],
    ["is not due with another one", [], "1 diff", 3 * days, ""],
    ["waits for a day to choose from", [], "1 full", days / 2, ""],
    ["is done once", [drilled(ago(0))], "1 full", 3 * days, ""],
    ["is due again in the next month", [drilled(ago(32 * days))], "1 full", 40 * days, "due"],
    ["is one of each repository", [drilled(ago(0), "2")], "1 full", 3 * days, "due"],
  ])("%s", async (_, journal, saved, oldest, expected) => {
    expect(await due(journal, saved, oldest)).toBe(expected);
  });
});

describe("a random moment", () => {
  const moment = async (journal: Parameters<typeof inJob>[0], sets: Date[], arrived: Date) => {
    const lines = sets.map((at, n) => `data S${n} ${at.toISOString().slice(0, 19)}+00 17 9`);
    const said = await inJob(
      journal,
      `sets='${lines.join("\n")}' arrived=${seconds(arrived)}
       refuse() { echo "$1"; exit; }
       to_random_moment; echo "$moment|$set"`,
    );
    const [text = "", set] = said.split("|");
    return { text, set, at: new Date(text.replace(" ", "T").replace("+00", "Z")) };
  };

  it("lies between the end of the oldest backup and what has arrived", async () => {
    const [oldest, newest, arrived] = [ago(100), ago(50), ago(10)] as const;
    const { at, set } = await moment([], [oldest, newest], arrived);
    expect(seconds(at)).toBeGreaterThan(seconds(oldest));
    expect(seconds(at)).toBeLessThan(seconds(arrived));
    expect(set).toBe(seconds(at) > seconds(newest) ? "S1" : "S0");
  });

  it("is one of the line of time that a restore began", async () => {
    const restored = [{ time: ago(60), event: "restored" }];
    const { at, set } = await moment(restored, [ago(9000), ago(50)], ago(10));
    expect([set, at > ago(51)]).toEqual(["S1", true]);
    expect((await moment(restored, [ago(9000)], ago(10))).text).toMatch(/^there is no backup yet/);
  });

  it("is refused while nothing has arrived", async () => {
    expect((await moment([], [ago(100)], ago(200))).text).toMatch(/^nothing has arrived/);
  });
});

it.each([
  ["take_witness() { fail 'so much is written'; }", "so much is written"],
  ["take_witness() { :; }; read_witness() { fail 'it took too long'; }", "it took too long"],
])("what was in the database is not known, is told, and all goes on", async (failing, reason) => {
  const said = await inJob(
    [],
    `write_probe() { :; }; engine_flush() { :; }; ${failing}
     DATABASE=app; save_witness A; echo "goes on"`,
  );
  expect(said).toBe(
    `nobody can say what was in the database, and the backup is proved without: ${reason}\ngoes on`,
  );
});
