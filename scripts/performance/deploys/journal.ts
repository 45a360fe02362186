import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readEnvironment } from "../../environment.ts";
import { localStack } from "../../workspace.ts";

/** A line of the journal that a stack has on its host. */
export interface JournalEntry {
  /** Milliseconds since the epoch. */
  at: number;
  event: string;
  /** Of a failure. */
  reason?: string;
}

/** What the stack's journal has noted since a moment, given in milliseconds since the epoch. */
export function readJournal(since: number): JournalEntry[] {
  const { directory } = readEnvironment(localStack);
  const text = readFileSync(join(directory, localStack, "journal/log"), "utf8");
  return entries(text).filter(({ at }) => at >= since);
}

export function entries(text: string): JournalEntry[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const { time, event, reason } = JSON.parse(line) as Record<string, string>;
      return { at: Date.parse(time ?? ""), event: event ?? "", ...(reason ? { reason } : {}) };
    });
}
