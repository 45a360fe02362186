import { type JournalEvent, parseJournal } from "../../infra/history/journal.ts";
import type { RunningContainer } from "../containers.ts";
import type { DeployedEnvironment } from "../environment.ts";
import { lookInto } from "../host-directory.ts";

/** What the watchdog restarted of one name. */
export interface Restarts {
  name: string;
  times: number;
  last: Date;
  reason: string;
}

const hours = 24;
/** More than that back-off allows for in a day, even for many containers. */
const lines = 1000;

/** What the watchdog restarted in the last day, that of the newest restart first. */
export async function recentRestarts(
  environment: DeployedEnvironment,
  containers: RunningContainer[],
): Promise<Restarts[]> {
  const directory = `${environment.directory}/${environment.stack}`;
  const look = `grep '"event":"restarted"' /host/journal/log 2>/dev/null | tail -n ${lines}`;
  const said = await lookInto(directory, environment, containers, ["sh", "-c", look]);
  return restartsSince(parseJournal(said ?? ""), new Date(Date.now() - hours * 3_600_000));
}

export function restartsSince(events: JournalEvent[], since: Date): Restarts[] {
  const byName = new Map<string, Restarts>();
  for (const { event, name, time, reason } of events) {
    if (event !== "restarted" || time < since) continue;
    const times = (byName.get(name)?.times ?? 0) + 1;
    byName.set(name, { name, times, last: time, reason });
  }
  return [...byName.values()].sort((a, b) => b.last.getTime() - a.last.getTime());
}
