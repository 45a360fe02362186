import type { Deployed } from "./deployed.ts";

/** How many processes each container may have, by its id: the Docker plugin has no argument for it, scripts set it. */
export function limitsOf({ scripts }: Pick<Deployed, "scripts">): Map<string, number> {
  const edge = scripts.get("edge-attachment") ?? {};
  const servers = lines(scripts.get("process-limits")?.LIMITS);
  const release = lines(scripts.get("switch")?.PARTICIPANTS).map(([, , id, most]) => [id, most]);
  return new Map(
    [...servers, ...release, [edge.EDGE_CONTAINER, edge.MAX_PROCESSES]].flatMap(([id, most]) =>
      id && most ? [[id, Number(most)] as const] : [],
    ),
  );
}

function lines(text = ""): (string | undefined)[][] {
  return text.split("\n").map((line) => line.split(" "));
}
