import { expect, test } from "vitest";
import { hostFiles } from "../../components/host-files.ts";
import { fileDrift, wantedEntries } from "../../scripts/audit/file-drift.ts";
import type { HostEntry } from "../../scripts/audit/host-look.ts";
import { scriptVariables } from "../../scripts/audit/script-variables.ts";
import { host } from "./environment.ts";
import { record } from "./record.ts";

const recorder = await record();
hostFiles("files", {
  ...{ host, directory: "staging" },
  files: [
    { kind: "directory", path: ".", mode: "0755", owner: "0:0" },
    { kind: "directory", path: "journal", mode: "2775", owner: "0:engine" },
    { kind: "log", path: "journal/log", mode: "0664", owner: "0:engine" },
    { kind: "directory", path: "secrets", mode: "0500", owner: "999:999" },
    { kind: "file", path: "secrets/key", mode: "0400", owner: "999:999", content: "it's\nplanted" },
  ],
});
await recorder.wait();
const { DIRECTORY = "", FILES = "" } = scriptVariables(recorder.named("files").inputs.stdin);
const wanted = wantedEntries(DIRECTORY, FILES, "998");

const present = () => new Map<string, HostEntry>(wanted.map(({ path, ...each }) => [path, each]));
const told = (change: (entries: Map<string, HostEntry>) => void) => {
  const entries = present();
  change(entries);
  return fileDrift(wanted, entries);
};
const key = "staging/secrets/key";

test("what a script is told to put on the host is known by place, owner, mode and hash", () => {
  expect(wanted.map(({ path, mode, owner }) => [path, mode.toString(8), owner])).toEqual([
    ["staging", "755", "0:0"],
    ["staging/journal", "2775", "0:998"],
    ["staging/journal/log", "664", "0:998"],
    ["staging/secrets", "500", "999:999"],
    ["staging/secrets/key", "400", "999:999"],
  ]);
  expect(JSON.stringify(wanted)).not.toContain(Buffer.from("planted").toString("base64"));
});

test("nothing is found where all of it is there, whatever is in a log and beside it", () => {
  const log: HostEntry = { kind: "file", mode: 0o664, owner: "0:998", sha256: "0" };
  expect(told((entries) => void entries.set("staging/journal/log", log))).toEqual([]);
  expect(told((entries) => void entries.set("staging/journal/routes", log))).toEqual([]);
});

test.each<[string, (entries: Map<string, HostEntry>) => void, [string, string, string]]>([
  ["that is gone", (entries) => void entries.delete(key), [key, "there", "gone"]],
  [
    "with another text",
    (entries) => void Object.assign(entries.get(key) ?? {}, { sha256: "0" }),
    [key, "as it was deployed", "another text"],
  ],
  [
    "that everybody may read",
    (entries) => void Object.assign(entries.get(key) ?? {}, { mode: 0o444 }),
    [key, "mode 0400", "mode 0444"],
  ],
  [
    "of somebody else",
    (entries) => void Object.assign(entries.get(key) ?? {}, { owner: "0:0" }),
    [key, "owner 999:999", "owner 0:0"],
  ],
  [
    "that leads elsewhere",
    (entries) => void entries.set(key, { kind: "other", mode: 0o400, owner: "999:999" }),
    [key, "a file", "a other"],
  ],
  [
    "that nobody deployed, among secrets",
    (entries) => void entries.set(`${key}2`, { kind: "file", mode: 0o400, owner: "0:0" }),
    [`${key}2`, "not there", "put there by somebody else"],
  ],
])("a file %s is found", (_, change, [path, expected, found]) => {
  expect(told(change)).toEqual([{ path, expected, found }]);
});
