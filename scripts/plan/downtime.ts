/** What of the environment does not answer for a while, worst first. */
export type Downtime = "data" | "maintenance" | "edge" | "none";

/** One sentence for each. */
export const downtimes: Record<Downtime, string> = {
  data: "Postgres or Redis is replaced: the application waits or fails for the seconds that it takes to start.",
  maintenance:
    "A migration says that the old code cannot live with it: a maintenance page stands while it runs.",
  edge: "The edge is replaced: new connections wait for some seconds, none is refused.",
  none: "None: requests are answered all the time.",
};

/** By what is done to the servers and to the edge; a first creation takes nothing from anybody. */
export function downtimeOf(changes: { kind: string; name: string }[], declared: boolean): Downtime {
  const isReplaced = (pattern: RegExp) =>
    changes.some(
      ({ kind, name }) => (kind === "replace" || kind === "delete") && pattern.test(name),
    );
  if (isReplaced(/^(postgres|redis)-(server|data)$/)) return "data";
  if (declared && changes.some(({ name }) => name === "migration")) return "maintenance";
  if (isReplaced(/^edge-server$/)) return "edge";
  return "none";
}
