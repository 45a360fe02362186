import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { against } from "../engine.ts";
import { readEnvironment } from "../environment.ts";
import { localStack } from "../workspace.ts";
import type { Stretch } from "./exchanges.ts";
import type { ProofStack } from "./proof-stack.ts";

/** A sign of life of beat, as a worker wrote it down. */
export interface Tick {
  /** Milliseconds since the epoch. */
  at: number;
  /** The host name of beat's container, which is the beginning of its id. */
  host: string;
}

/** A container of beat was started. */
export interface Start {
  at: number;
  id: string;
}

export interface Rhythm {
  ticks: number;
  beats: number;
  longestGapSeconds: number;
  /** Ticks of a beat after those of its successor, though it was not started again in between. */
  overlaps: number;
}

const query = "SELECT extract(epoch FROM created_at) * 1000, host FROM ticks ORDER BY id";

/** Notes when Docker starts containers of beat, since one that is started again may tick again. */
export class BeatStarts {
  readonly starts: Start[] = [];
  #events: { kill(): boolean } | undefined;
  #isOver = false;

  constructor() {
    void this.#follow();
  }

  /** Again and again: the engine may restart, and a connection to it may break. */
  async #follow(): Promise<void> {
    const filters = [`label=slipway.stack=${localStack}`, "label=slipway.role=beat", "event=start"];
    const format = ["--format", "{{.TimeNano}} {{.ID}}"];
    const words = ["events", ...format, ...filters.flatMap((filter) => ["--filter", filter])];
    for (let since = Date.now(); !this.#isOver; await sleep(500)) {
      const events = against(readEnvironment(localStack))(
        "docker",
        [...words, "--since", String(since / 1000)],
        { stdin: "ignore", stderr: "ignore", detached: true, reject: false, buffer: false },
      );
      this.#events = events;
      createInterface(events.stdout).on("line", (line) => {
        const [at = "", id = ""] = line.split(" ");
        since = Number(at) / 1e6;
        this.starts.push({ at: since, id });
      });
      await events;
    }
  }

  stop(): void {
    this.#isOver = true;
    this.#events?.kill();
  }
}

export async function readRhythm(
  stack: ProofStack,
  starts: Start[],
  stretch: Stretch,
): Promise<Rhythm> {
  const rows = await stack.ask(query);
  return judge(
    rows.map(([at, host = ""]) => ({ at: Number(at), host })),
    starts,
    stretch,
  );
}

/** Gaps are those of the stretch, its beginning and end included; overlaps are those of all ticks. */
export function judge(ticks: Tick[], starts: Start[], { from, to }: Stretch): Rhythm {
  const times = ticks.map(({ at }) => at).filter((at) => at > from && at < to);
  const edges = [from, ...times, to];
  const gaps = edges.slice(1).map((at, index) => at - (edges[index] as number));
  const isStartedAgain = (host: string, after: number, before: number) =>
    starts.some(({ id, at }) => id.startsWith(host) && at > after && at < before);
  const overlaps = ticks.filter(({ host, at }, index) => {
    const previous = ticks[index - 1];
    if (!previous || previous.host === host) return false;
    const own = ticks.slice(0, index).findLast((tick) => tick.host === host);
    return own !== undefined && !isStartedAgain(host, own.at, at);
  });
  return {
    ticks: times.length,
    beats: new Set(ticks.map(({ host }) => host)).size,
    longestGapSeconds: Math.max(...gaps) / 1000,
    overlaps: overlaps.length,
  };
}
