/** Times of one thing, in seconds, in the order in which they were taken. */
export type Seconds = number[];

/** How long `action` takes, in seconds. */
export async function time(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return (performance.now() - started) / 1000;
}

/**
 * Times each of `actions` once a round, one after the other, so that what else the machine does meets all of them.
 * The first round is not counted: it fills caches.
 */
export async function interleave<Name extends string>(
  rounds: number,
  actions: Record<Name, () => Promise<unknown>>,
  onRound: (round: number) => void,
): Promise<Record<Name, Seconds>> {
  const names = Object.keys(actions) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    Seconds
  >;
  for (let round = 0; round <= rounds; round++) {
    onRound(round);
    for (const name of names) {
      const seconds = await time(actions[name]);
      if (round > 0) times[name].push(seconds);
    }
  }
  return times;
}

export function median(times: Seconds): number {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}
