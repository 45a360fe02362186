import { deploysOf } from "./deploys.ts";
import type { JournalEvent } from "./journal.ts";

/**
 * The longest time for which a release with this image, by its digest, served without a restart, in hours; undefined
 * when none did.
 */
export function soakedHours(events: JournalEvent[], image: string, now: Date): number | undefined {
  const digest = digestOf(image);
  const served = deploysOf(events, { live: undefined, atWork: undefined }).flatMap(
    ({ liveAt, liveUntil = now, release, images }) =>
      liveAt && Object.values(images).some((each) => digestOf(each) === digest)
        ? [{ release, from: liveAt, to: liveUntil }]
        : [],
  );
  if (served.length === 0) return undefined;
  const stretches = served.flatMap(({ release, from, to }) => {
    const restarts = events
      .filter((each) => each.event === "restarted" && each.release === release)
      .map(({ time }) => time)
      .filter((time) => time > from && time < to);
    const ends = [from, ...restarts, to].map(Number);
    return ends.slice(1).map((end, index) => end - (ends[index] as number));
  });
  return Math.max(...stretches) / 3_600_000;
}

function digestOf(image: string): string {
  return image.slice(image.lastIndexOf("sha256:"));
}
