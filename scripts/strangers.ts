import type { RunningContainer } from "./containers.ts";

type Labelled = Pick<RunningContainer, "id" | "name" | "role" | "release">;

/** Roles of containers that scripts make, and end by themselves. */
const notOfState = new Set(["maintenance", "migration", "proof", "exec"]);

/**
 * Containers that a kill left between Docker and the state. Where the state knows none of those that serve, it is not
 * the state of this environment, and they are not touched.
 */
export function findStrangers<Container extends Labelled>(
  containers: Container[],
  known: Set<string>,
  liveRelease: string | undefined,
): Container[] {
  const strangers = containers.filter(({ id, role }) => !known.has(id) && !notOfState.has(role));
  const serves = ({ release }: Labelled) => release === undefined || release === liveRelease;
  if (!liveRelease) return strangers;
  return strangers.filter(
    (each) =>
      !serves(each) ||
      containers.some(
        ({ id, name, release }) => known.has(id) && name === each.name && release === each.release,
      ),
  );
}
