import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
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
  readonly #events: ChildProcess;

  constructor() {
    const { engine } = readEnvironment(localStack);
    const filters = [`label=slipway.stack=${localStack}`, "label=slipway.role=beat", "event=start"];
    const format = ["--format", "{{.TimeNano}} {{.ID}}"];
    this.#events = spawn(
      "docker",
      ["events", ...format, ...filters.flatMap((filter) => ["--filter", filter])],
      {
        env: { ...process.env, DOCKER_HOST: engine },
        stdio: ["ignore", "pipe", "ignore"],
        detached: true,
      },
    );
    createInterface(this.#events.stdout as NodeJS.ReadableStream).on("line", (line) => {
      const [at = "", id = ""] = line.split(" ");
      this.starts.push({ at: Number(at) / 1e6, id });
    });
  }

  stop(): void {
    this.#events.kill();
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
