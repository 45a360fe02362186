import type { JournalEvent } from "../../infra/history/journal.ts";
import { Failure } from "../failure.ts";

/** Where a restore ends, as scripts/host/restore.sh takes it. */
export interface Target {
  TYPE: "latest" | "time" | "name" | "immediate";
  TARGET: string;
  /** The backup to begin with, when it is not the newest that will do. */
  SET: string;
  /** When a restore point was made, and the backup that it was proved with. */
  POINT_AT: string;
  POINT_SET: string;
}

const none = { TARGET: "", SET: "", POINT_AT: "", POINT_SET: "" };
const set = /^\d{8}-\d{6}F(_\d{8}-\d{6}[DI])?$/;
const time =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** Reads what was typed after `--to`: `latest`, a moment, a backup, or the name of a restore point. */
export function readTarget(text: string, journal: JournalEvent[], now = new Date()): Target {
  if (text === "latest") return { ...none, TYPE: "latest" };
  if (set.test(text)) return { ...none, TYPE: "immediate", SET: text };
  if (/^\d{4}-/.test(text)) return { ...none, TYPE: "time", TARGET: momentOf(text, now) };
  const point = journal.findLast(
    ({ event, point, release }) => event === "restore-point" && [point, release].includes(text),
  );
  if (!point) {
    throw new Failure(
      `'${text}' is no restore point that the journal knows; type latest, a moment such as 2026-05-04T12:00Z, a backup such as 20260504-023000F, or a restore point`,
    );
  }
  const { time: at, set: proved } = point;
  return { ...none, TYPE: "name", TARGET: point.point, POINT_AT: stamp(at), POINT_SET: proved };
}

/** In UTC, unless it says another zone. */
function momentOf(text: string, now: Date): string {
  const [, day, clock = "00:00", zone = "Z"] = time.exec(text) ?? [];
  const [, hours, minutes = "00"] = /^([+-]\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  const moment = new Date(`${day}T${clock}${hours ? `${hours}:${minutes}` : "Z"}`);
  if (Number.isNaN(moment.getTime())) {
    throw new Failure(`'${text}' is no moment; type it like 2026-05-04T12:00Z`);
  }
  if (moment > now) {
    throw new Failure(`${stamp(moment)} is still to come; for all that there is type: --to latest`);
  }
  return stamp(moment);
}

/** As Postgres writes a moment. */
function stamp(moment: Date): string {
  return `${moment.toISOString().slice(0, 23).replace("T", " ")}+00`;
}
