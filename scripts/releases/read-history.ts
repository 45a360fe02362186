import { type Deploy, deploysOf, type Now } from "../../infra/history/deploys.ts";
import { type JournalEvent, parseJournal } from "../../infra/history/journal.ts";
import { listContainers } from "../containers.ts";
import type { DeployedEnvironment } from "../environment.ts";
import { lookInto } from "../host-directory.ts";

/** What was deployed to an environment. */
export interface History extends Now {
  /** All that was noted, oldest first. */
  events: JournalEvent[];
  /** Oldest first. */
  deploys: Deploy[];
}

/** The marker, the deploy that has the lease, and the journal. */
const look = `cd /host
echo "$(cat live/release 2>/dev/null)"
if [ -d journal ] && ! (exec 9<journal; flock -n -s 9); then
  echo "$(cut -d ' ' -f 1 journal/deploy 2>/dev/null)"
else echo; fi
cat journal/log 2>/dev/null || true`;

/** Asks the host. Nothing was deployed where there is no journal. */
export async function readHistory(environment: DeployedEnvironment): Promise<History> {
  const containers = await listContainers(environment);
  const directory = `${environment.directory}/${environment.stack}`;
  const said = await lookInto(directory, environment, containers, ["sh", "-c", look]);
  const [live = "", atWork = "", ...journal] = (said ?? "").split("\n");
  const now = { live: live || undefined, atWork: atWork || undefined };
  const events = parseJournal(journal.join("\n"));
  return { ...now, events, deploys: deploysOf(events, now) };
}
