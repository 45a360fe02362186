import { describe, expect, test } from "vitest";
import { parseJournal } from "../../infra/history/journal.ts";
import { readTarget } from "../../scripts/restore/target.ts";

const now = new Date("2026-05-05T12:00:00Z");
const journal = parseJournal(
  ["first", "second"]
    .map(
      (point, day) =>
        `{"time":"2026-05-0${day + 1}T10:00:00.000Z","deploy":"d","event":"restore-point","release":"aaaa111${day}","point":"${point}"}`,
    )
    .join("\n"),
);
const read = (text: string) => readTarget(text, journal, now);

describe("a moment", () => {
  test.each([
    ["2026-05-04T12:00Z", "2026-05-04 12:00:00.000+00"],
    ["2026-05-04 12:00:30.25+02", "2026-05-04 10:00:30.250+00"],
    ["2026-05-04 12:00 +0230", "2026-05-04 09:30:00.000+00"],
    ["2026-05-04 12:00", "2026-05-04 12:00:00.000+00"],
    ["2026-05-04", "2026-05-04 00:00:00.000+00"],
  ])("%s is one", (text, target) => {
    expect(read(text)).toMatchObject({ TYPE: "time", TARGET: target, SET: "" });
  });

  test.each(["2026-13-01", "2026-05-04T25:00", "2026-05-04 noon", "2026-5-4"])(
    "%s is none",
    (text) => {
      expect(() => read(text)).toThrow(/'.*' is no moment; type it like/);
    },
  );

  test("that is to come is refused", () => {
    expect(() => read("2026-05-05T12:01Z")).toThrow(/is still to come; .*--to latest/);
  });
});

test("a backup is gone back to as it is", () => {
  for (const label of ["20260504-023000F", "20260504-023000F_20260505-023000D"])
    expect(read(label)).toMatchObject({ TYPE: "immediate", SET: label, TARGET: "" });
});

test("a restore point is found by its name, and by the release that it was made for", () => {
  const point = {
    TYPE: "name",
    TARGET: "first",
    POINT_AT: "2026-05-01 10:00:00.000+00",
    POINT_SET: "",
  };
  expect(read("first")).toMatchObject(point);
  expect(read("aaaa1110")).toMatchObject(point);
  expect(() => read("third")).toThrow(/'third' is no restore point/);
});
