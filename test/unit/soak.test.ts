import { expect, test } from "vitest";
import { parseJournal } from "../../infra/history/journal.ts";
import { soakedHours } from "../../infra/history/soak.ts";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour)).toISOString();

/** A release that began and was live, at hours of a day. */
function serve(release: string, image: string, hour: number): object[] {
  const deploy = `d-${release}-${hour}`;
  return [
    { time: at(hour), deploy, event: "begun", release, images: `app.image=${image}` },
    { time: at(hour), deploy, event: "live", release },
  ];
}

const hours = (image: string, now: number, ...lines: object[]) =>
  soakedHours(
    parseJournal(lines.map((line) => JSON.stringify(line)).join("\n")),
    image,
    new Date(at(now)),
  );

test("an image has soaked since the release that is made of it is live", () => {
  expect(hours(digest("a"), 5, ...serve("one", `staging.example/erp@${digest("a")}`, 2))).toBe(3);
});

test("one that never ran, or only failed, has not", () => {
  expect(hours(digest("b"), 9, ...serve("one", digest("a"), 2))).toBeUndefined();
  const [begun] = serve("two", digest("b"), 3);
  const failed = { time: at(4), deploy: "d-two-3", event: "failed", release: "two" };
  expect(hours(digest("b"), 9, ...serve("one", digest("a"), 2), begun as object, failed)).toBe(
    undefined,
  );
});

test("it ends with the next release, and the longest time counts", () => {
  const lines = [...serve("one", digest("a"), 1), ...serve("two", digest("b"), 5)];
  expect(hours(digest("a"), 23, ...lines)).toBe(4);
  expect(hours(digest("a"), 11, ...lines, ...serve("one", digest("a"), 10))).toBe(4);
});

test("it ends with the environment, and what took until it served does not count", () => {
  const [begun] = serve("one", digest("a"), 1);
  const live = { time: at(3), deploy: "d-one-1", event: "live", release: "one" };
  const removed = { time: at(9), event: "removed", release: "one" };
  expect(hours(digest("a"), 23, begun as object, live, removed)).toBe(6);
});

test("what was restarted since it hung begins anew", () => {
  const restarted = { time: at(6), event: "restarted", release: "one", name: "worker" };
  expect(hours(digest("a"), 8, ...serve("one", digest("a"), 1), restarted)).toBe(5);
  expect(hours(digest("a"), 23, ...serve("one", digest("a"), 1), restarted)).toBe(17);
});
