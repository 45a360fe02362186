import type { JournalEvent } from "./journal.ts";

export type Result = "live" | "was live" | "failed" | "refused" | "at work" | "cut off";

/** One attempt to bring a release to serve. */
export interface Deploy {
  id: string;
  release: string;
  result: Result;
  begunAt: Date;
  /** When it was live, refused, or put back; absent while it is at work, and where it was cut off. */
  endedAt?: Date;
  /** Absent for what was never live. */
  liveAt?: Date;
  liveUntil?: Date;
  by: string;
  commit: string;
  /** As they were configured; of one that was refused nothing is known. */
  images: Record<string, string>;
  /** Those of them that the release which served when it began did not have. */
  changedImages: Record<string, string>;
  /** Empty when it did not fail. */
  reason: string;
}

/** What the host says beside the journal. */
export interface Now {
  /** The release that serves. */
  live: string | undefined;
  /** Id of the deploy that is at work. */
  atWork: string | undefined;
}

/** The deploys of a journal, oldest first. Events that are not known say nothing of them. */
export function deploysOf(events: JournalEvent[], { live, atWork }: Now): Deploy[] {
  const deploys: Deploy[] = [];
  let serving: Deploy | undefined;
  const end = (time: Date) => {
    if (serving) serving.liveUntil = time;
    serving = undefined;
  };
  // A script that outlives its deploy may not know its id any more.
  const of = ({ deploy, release }: JournalEvent) =>
    deploys.findLast(
      ({ result, ...each }) =>
        result !== "refused" && (deploy ? each.id === deploy : each.release === release),
    );
  for (const event of events) {
    const deploy = of(event);
    switch (event.event) {
      case "begun":
      case "refused":
        deploys.push(begin(event, serving));
        break;
      case "failed":
        if (!deploy || deploy.liveAt) break;
        deploy.result = "failed";
        deploy.reason ||= event.reason;
        deploy.endedAt = event.time;
        break;
      case "put-back":
        if (deploy?.endedAt) deploy.endedAt = event.time;
        break;
      case "live":
        // The routes of a release that serves already may change without a deploy of it.
        if (deploy?.release !== event.release || deploy === serving) break;
        end(event.time);
        serving = serve(deploy, event.time);
        break;
      case "removed":
        end(event.time);
        break;
    }
  }
  // The marker is what holds; a kill may come between it and the journal.
  const marked = deploys.findLast(
    ({ release, result }) => release === live && result !== "refused",
  );
  if (live && marked && serving?.release !== live) serving = serve(marked, marked.begunAt);
  if (serving?.release === live && serving) serving.result = "live";
  const open = deploys.find(({ id, result }) => id === atWork && result === "cut off");
  if (open) open.result = "at work";
  return deploys;
}

/** What is not known to have ended was cut off. */
function begin(event: JournalEvent, serving: Deploy | undefined): Deploy {
  const { deploy: id, release, time, by, commit, reason, images } = event;
  const refused = event.event === "refused";
  const changed = Object.entries(images).filter(([key, image]) => serving?.images[key] !== image);
  return {
    ...{ id, release, result: refused ? "refused" : "cut off", begunAt: time },
    ...(refused ? { endedAt: time } : {}),
    ...{ by, commit, images, changedImages: Object.fromEntries(changed), reason },
  };
}

function serve(deploy: Deploy, time: Date): Deploy {
  return Object.assign(deploy, { result: "was live", liveAt: time, endedAt: time, reason: "" });
}
