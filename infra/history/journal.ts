/** A line of the journal that the host keeps of an environment's deploys. */
export interface JournalEvent {
  time: Date;
  /** Id of the deploy; empty for what was noted beside one. */
  deploy: string;
  event: string;
  /** Empty when the event is about none. */
  release: string;
  /** Of the container that it is about, if it is about one. */
  name: string;
  by: string;
  commit: string;
  reason: string;
  /** Number of the backup repository that it is about, and the set's label there. */
  repository: string;
  set: string;
  /** Of the keys of the repositories. */
  fingerprint: string;
  /** Name of the restore point, if it is about one. */
  point: string;
  /** Images by the keys of the configuration that name them. */
  images: Record<string, string>;
}

/**
 * Reads a journal, oldest event first. A line of which only a part is there, since a disk was full or the host died, is
 * left out; what was added to such a line is read.
 */
export function parseJournal(text: string): JournalEvent[] {
  return text.split("\n").flatMap((line) => {
    const given = parseLine(line) ?? parseLine(line.slice(line.lastIndexOf('{"time":')));
    const time = new Date(String(given?.time));
    if (!given || typeof given.event !== "string" || Number.isNaN(time.getTime())) return [];
    const said = (name: string) => (typeof given[name] === "string" ? given[name] : "");
    return [
      {
        time,
        event: given.event,
        ...{ deploy: said("deploy"), release: said("release"), name: said("name"), by: said("by") },
        ...{ repository: said("repository"), set: said("set"), point: said("point") },
        fingerprint: said("fingerprint"),
        ...{ commit: said("commit"), reason: said("reason"), images: pairs(said("images")) },
      },
    ];
  });
}

function parseLine(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** `app.image=REFERENCE services.front.image=REFERENCE` */
function pairs(text: string): Record<string, string> {
  const words = text.split(" ").filter((word) => word.includes("="));
  return Object.fromEntries(
    words.map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]),
  );
}
