import { describe, expect, it } from "vitest";
import {
  backupsOf,
  complaintOf,
  escrowComplaint,
  proofEvents,
} from "../../infra/history/backups.ts";
import { parseJournal } from "../../infra/history/journal.ts";
import { backupFindings } from "../../scripts/audit/checks/backups.ts";
import { localStack } from "../../scripts/workspace.ts";
import { evidence, scripts } from "./audit-evidence.ts";

const now = new Date("2026-03-10T12:00:00Z");
const event = (hoursAgo: number, rest: Record<string, string>) =>
  JSON.stringify({
    time: new Date(now.getTime() - hoursAgo * 3_600_000).toISOString(),
    deploy: "",
    ...rest,
  });
const saved = (hoursAgo: number, repository = "1") =>
  event(hoursAgo, { event: "backup", repository, set: "20260310-103000F" });
const failed = (hoursAgo: number, reason: string, repository?: string) =>
  event(hoursAgo, { event: "backup-failed", reason, ...(repository ? { repository } : {}) });
const proved = (hoursAgo: number, repository = "1") =>
  event(hoursAgo, { event: "proved", repository, set: "20260310-103000F" });
const scheduled = (hoursAgo: number) => event(hoursAgo, { event: "backup-scheduled" });
const complaints = (lines: string[], repositories = ["1"]) =>
  backupsOf(parseJournal(lines.join("\n")), repositories).map((each) => complaintOf(each, now));

describe("a backup", () => {
  it.each([
    ["of the last day is all that is asked for", [saved(25)], undefined],
    ["that is older is too old", [saved(50), saved(27.5)], "the newest is 27 hours old"],
    ["that was never taken is missing", [], "there is none"],
    ["has an hour to be taken after the first deploy", [scheduled(0.5)], undefined],
    ["that did not come within that hour is missing", [scheduled(2)], "there is none"],
    [
      "that failed since the last one is told",
      [saved(10), failed(1, "the disk is full", "1")],
      "the disk is full",
    ],
    [
      "that worked after one that failed is well",
      [failed(3, "the disk is full", "1"), saved(2)],
      undefined,
    ],
    [
      "that failed as a whole failed in each repository",
      [saved(10), failed(1, "no server")],
      "no server",
    ],
  ])("%s", (_, lines, complaint) => {
    expect(complaints(lines)).toEqual([complaint]);
  });

  it("in one repository says nothing of another", () => {
    const lines = [saved(2), saved(60, "2"), failed(2, "no answer", "2")];
    expect(complaints(lines, ["1", "2"])).toEqual([undefined, "no answer"]);
  });
});

describe("a proof", () => {
  const complaint = (...lines: string[]) =>
    backupsOf(parseJournal(lines.join("\n")), ["1"], proofEvents).map((each) =>
      complaintOf(each, now),
    );
  const red = (hoursAgo: number) =>
    event(hoursAgo, { event: "proof-failed", repository: "1", reason: "a file is missing" });

  it.each([
    ["of the last day is asked for", [proved(25)], undefined],
    ["that is older is too old", [proved(27)], "the newest is 27 hours old"],
    ["is not that a backup was taken", [saved(1)], "there is none"],
    [
      "is not that a release was",
      [event(1, { event: "proved", release: "1111" })],
      "there is none",
    ],
    [
      "is not that of an older moment",
      [event(1, { event: "drilled", repository: "1" })],
      "there is none",
    ],
    ["that failed since is told", [proved(20), red(2)], "a file is missing"],
    ["that worked after one that failed is well", [red(2), proved(1)], undefined],
    ["says nothing of one that could not be saved", [proved(2), failed(1, "no answer")], undefined],
  ])("%s", (_, lines, expected) => {
    expect(complaint(...lines)).toEqual([expected]);
  });
});

const keys = (hoursAgo: number, fingerprint: string, name = "backup-keys") =>
  event(hoursAgo, { event: name, fingerprint });
const putAway = (hoursAgo: number, fingerprint: string) => keys(hoursAgo, fingerprint, "escrowed");

describe("the keys of backups", () => {
  it.each([
    ["that were never put away are told", [keys(9, "a")], /^they were never put away/],
    ["that are others by now are told", [keys(9, "a"), putAway(8, "a"), keys(7, "b")], /changed$/],
    ["that were put away are well", [keys(9, "a"), putAway(8, "a")], undefined],
    [
      "that are those of before again are well",
      [keys(9, "b"), putAway(8, "a"), keys(7, "a")],
      undefined,
    ],
    ["of an older Slipway are not known", [saved(3)], undefined],
  ])("%s", (_, lines, complaint) => {
    const found = escrowComplaint(parseJournal(lines.join("\n")));
    if (complaint) expect(found).toMatch(complaint);
    else expect(found).toBeUndefined();
  });
});

describe("an audit", () => {
  const declared = { ...scripts, backups: { REPOSITORIES: "1 2", PROVES: "yes" } };
  const look = (
    backupRunner: string | undefined,
    lines: string[],
    given = declared,
    stack = "staging",
  ) => {
    const { deployed, environment, ...rest } = evidence({
      backupRunner,
      backups: parseJournal(lines.join("\n")),
    });
    const all = {
      ...rest,
      environment: { ...environment, stack },
      deployed: { ...deployed, scripts: new Map(Object.entries(given)) },
    };
    return backupFindings(all, now).map(({ what, found }) => `${what}: ${found}`);
  };

  it("tells of each repository, and of a timer that somebody took away", () => {
    const well = [saved(2), saved(2, "2"), proved(2), proved(2, "2")];
    expect(look("timer", well)).toEqual([]);
    expect(look(undefined, [saved(2), proved(2)])).toEqual([
      "what runs backups: nothing does",
      "backup in repository 2: there is none",
      "proof of the backups in repository 2: there is none",
    ]);
    expect(look("none", well)).toEqual([]);
  });

  it("warns of keys that nobody has put away, and of none on the local stack", () => {
    const lines = [saved(2), saved(2, "2"), proved(2), proved(2, "2"), keys(9, "a")];
    expect(look("timer", lines)).toEqual([
      expect.stringMatching(/^keys of the backups: they were never put away/),
    ]);
    expect(look("timer", [...lines, putAway(1, "a")])).toEqual([]);
    expect(look("timer", lines, declared, localStack)).toEqual([]);
  });

  it("asks no proof of a stack that has them turned off", () => {
    const unproved = { ...scripts, backups: { REPOSITORIES: "1 2", PROVES: "" } };
    expect(look("timer", [saved(2), saved(2, "2")], unproved)).toEqual([]);
  });

  it("asks nothing of a stack that saves nothing, and no timer of a host that has none", () => {
    expect(look(undefined, [], scripts as typeof declared)).toEqual([]);
  });
});
