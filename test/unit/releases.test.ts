import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { deploysOf } from "../../infra/history/deploys.ts";
import { parseJournal } from "../../infra/history/journal.ts";
import { chooseRelease } from "../../scripts/releases/choose-release.ts";
import { releasesTable } from "../../scripts/releases/releases-table.ts";
import { restartsSince } from "../../scripts/releases/restarts.ts";
import { begun, journal, live, note } from "./journal-lines.ts";

const nobody = { live: undefined, atWork: undefined };
const results = (lines: string[], now: Parameters<typeof deploysOf>[1] = nobody) =>
  deploysOf(parseJournal(lines.join("\n")), now).map(({ release, result }) => [release, result]);

describe("the journal", () => {
  test("is read with what quotes and images say", () => {
    const [line = ""] = begun("aaaaaaaa", "app.image=sha256:1 services.web.image=r/w@sha256:2");
    expect(parseJournal(line)).toMatchObject([
      {
        event: "begun",
        release: "aaaaaaaa",
        by: 'ann "the admin"@vm',
        images: { "app.image": "sha256:1", "services.web.image": "r/w@sha256:2" },
      },
    ]);
  });

  test("may end in half a line, which the next deploy adds to", () => {
    const [first = "", second = ""] = journal("aaaaaaaa", "bbbbbbbb");
    expect(parseJournal(`${first}\n${second.slice(0, 40)}`)).toHaveLength(1);
    expect(parseJournal(`${first.slice(0, 40)}${second}\n`)).toHaveLength(1);
    expect(parseJournal(`\n{}\n[]\nnull\n{"time":"never","event":"live"}\n`)).toEqual([]);
  });

  test("may have events that nobody knows", () => {
    const lines = [...journal("aaaaaaaa"), ...note("dreamt", { release: "aaaaaaaa" })];
    expect(results(lines, { live: "aaaaaaaa", atWork: undefined })).toEqual([["aaaaaaaa", "live"]]);
  });
});

describe("a deploy", () => {
  test("is live until the next one is", () => {
    const lines = journal("aaaaaaaa", "bbbbbbbb");
    const [first, second] = deploysOf(parseJournal(lines.join("\n")), {
      ...{ live: "bbbbbbbb", atWork: undefined },
    });
    expect([first?.result, second?.result]).toEqual(["was live", "live"]);
    expect(first?.liveUntil).toEqual(second?.liveAt);
  });

  test("that failed has its first reason, and took until all was put back", () => {
    const lines = [
      ...begun("aaaaaaaa"),
      ...note("failed", { release: "aaaaaaaa", reason: "the smoke test answered 500" }),
      ...note("put-back", { release: "aaaaaaaa" }),
      ...note("failed", { release: "", reason: "something else" }),
    ];
    const [deploy] = deploysOf(parseJournal(lines.join("\n")), nobody);
    expect(deploy).toMatchObject({ result: "failed", reason: "the smoke test answered 500" });
    expect(deploy?.endedAt?.getTime()).toBeGreaterThan(deploy?.begunAt.getTime() as number);
  });

  test("that came to serve did, whatever failed after that or was believed before", () => {
    const failed = note("failed", { release: "aaaaaaaa", reason: "it was interrupted" });
    const now = { live: "aaaaaaaa", atWork: undefined };
    expect(results([...begun("aaaaaaaa"), ...failed, ...live("aaaaaaaa")], now)).toEqual([
      ["aaaaaaaa", "live"],
    ]);
    expect(results([...journal("aaaaaaaa"), ...failed], now)).toEqual([["aaaaaaaa", "live"]]);
  });

  test("is at work while it holds the lease, and else was cut off", () => {
    const lines = begun("aaaaaaaa");
    const [{ deploy: atWork = "" } = {}] = parseJournal(lines.join("\n"));
    expect(results(lines, { live: undefined, atWork })).toEqual([["aaaaaaaa", "at work"]]);
    expect(results(lines)).toEqual([["aaaaaaaa", "cut off"]]);
  });

  test("that was refused changes nothing of what is live", () => {
    const refused = note("refused", { release: "bbbbbbbb", by: "bob", reason: "no room" }, "other");
    const now = { live: "aaaaaaaa", atWork: undefined };
    expect(results([...journal("aaaaaaaa"), ...refused], now)).toEqual([
      ["aaaaaaaa", "live"],
      ["bbbbbbbb", "refused"],
    ]);
  });

  test("is live by the marker where a kill came before the journal", () => {
    const lines = [...journal("aaaaaaaa"), ...begun("bbbbbbbb")];
    expect(results(lines, { live: "bbbbbbbb", atWork: undefined })).toEqual([
      ["aaaaaaaa", "was live"],
      ["bbbbbbbb", "live"],
    ]);
  });

  test("ends with the stack", () => {
    const lines = [...journal("aaaaaaaa"), ...note("removed", {}, "")];
    expect(results(lines)).toEqual([["aaaaaaaa", "was live"]]);
  });

  test("shows which images the release before it did not have", () => {
    const lines = [
      ...[...begun("aaaaaaaa", "app.image=r/shop@sha256:11 beat.image=sha256:22")],
      ...live("aaaaaaaa"),
      ...begun("bbbbbbbb", "app.image=r/shop@sha256:33 beat.image=sha256:22"),
    ];
    const [, second] = deploysOf(parseJournal(lines.join("\n")), nobody);
    expect(second?.changedImages).toEqual({ "app.image": "r/shop@sha256:33" });
  });
});

describe("the release to go back to", () => {
  const history = (live: string | undefined, ...releases: string[]) => ({
    live,
    deploys: deploysOf(parseJournal(journal(...releases).join("\n")), { live, atWork: undefined }),
  });
  const choose = (given: ReturnType<typeof history>, wanted?: string) =>
    chooseRelease(given, "staging", wanted).release;

  test("is the one before, to and fro", () => {
    expect(choose(history("bbbbbbbb", "aaaaaaaa", "bbbbbbbb"))).toBe("aaaaaaaa");
    expect(choose(history("aaaaaaaa", "aaaaaaaa", "bbbbbbbb", "aaaaaaaa"))).toBe("bbbbbbbb");
    const twice = history("bbbbbbbb", "aaaaaaaa", "bbbbbbbb", "bbbbbbbb");
    expect(choose(twice)).toBe("aaaaaaaa");
  });

  test("is no release that never served", () => {
    const given = history("bbbbbbbb", "aaaaaaaa", "bbbbbbbb");
    const failed = [...begun("cccccccc"), ...note("failed", { release: "cccccccc", reason: "no" })];
    given.deploys.push(...deploysOf(parseJournal(failed.join("\n")), nobody));
    expect(choose(given)).toBe("aaaaaaaa");
    expect(() => choose(given, "cccccccc")).toThrow("no release cccccccc served staging");
  });

  test.each([
    ["nothing is live", history(undefined), undefined, /^no release is live in staging; type: /],
    ["none was before", history("aaaaaaaa", "aaaaaaaa"), undefined, /there is none to go back to$/],
    ["it serves", history("aaaaaaaa", "aaaaaaaa"), "aaaaaaaa", /^release aaaaaaaa serves staging/],
    [
      ...(["none has that name", history("cccccccc", "aaaaaaaa", "bbbbbbbb", "cccccccc")] as const),
      ...(["dddddddd", /; there were bbbbbbbb, aaaaaaaa; /] as const),
    ],
  ])("is refused in one line when %s", (_, given, wanted, message) => {
    expect(() => choose(given, wanted)).toThrow(message);
  });
});

test("the table has a row for each deploy, and lines for what is to be said of it", () => {
  const lines = [
    ...begun("aaaaaaaa", "app.image=r/shop@sha256:1111111111111111"),
    ...live("aaaaaaaa"),
    ...begun("bbbbbbbb", "app.image=r/shop@sha256:2222222222222222"),
    ...note("failed", { release: "bbbbbbbb", reason: "api stopped by itself\nits log" }),
    ...begun("cccccccc", "app.image=r/shop@sha256:1111111111111111"),
  ];
  const deploys = deploysOf(parseJournal(lines.join("\n")), {
    ...{ live: "aaaaaaaa", atWork: undefined },
  }).reverse();
  const table = releasesTable(deploys);
  expect(table).toMatch(/cccccccc │ cut off .* the same images/);
  expect(table).toMatch(/bbbbbbbb │ failed .* 1\.0 s .* 0123abcd\+ │ api stopped by itself/);
  expect(table).toMatch(/│ app\.image shop@222222222222 +│/);
  expect(table).toMatch(
    /aaaaaaaa │ live now .* ann "the admin"@vm .* app\.image shop@111111111111/,
  );
  expect(table).not.toContain("its log");
  const narrow = stripVTControlCharacters(releasesTable(deploys, { columns: 130 }));
  expect(Math.max(...narrow.split("\n").map((row) => row.length))).toBeLessThanOrEqual(130);
});

test("restarts by the watchdog are counted by name, those of the last day, and are no deploys", () => {
  const restart = (name: string) =>
    note(
      "restarted",
      { role: "worker", name, release: "aaaaaaaa", reason: "it was unhealthy" },
      "",
    );
  const early = restart("mailer");
  const lines = [
    ...journal("aaaaaaaa"),
    ...restart("worker"),
    ...restart("api"),
    ...restart("worker"),
  ];
  const events = parseJournal([...early, ...lines].join("\n"));
  const since = (events[0] as (typeof events)[number]).time;
  const restarts = restartsSince(events, new Date(since.getTime() + 1));
  expect(restarts.map(({ name, times }) => [name, times])).toEqual([
    ["worker", 2],
    ["api", 1],
  ]);
  expect(restarts[0]).toMatchObject({ reason: "it was unhealthy", last: events.at(-1)?.time });
  const now = { live: "aaaaaaaa", atWork: undefined };
  expect(deploysOf(events, now)).toEqual(
    deploysOf(parseJournal(lines.slice(0, 2).join("\n")), now),
  );
});
