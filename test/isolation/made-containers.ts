import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { docker } from "../throw-away.ts";
import type { Inspected } from "./cis.ts";

/** Looks at every container that the engine makes and starts, as soon as it does: some are gone a moment later. */
export function watchContainers() {
  const seen = new Map<string, Inspected>();
  const look = async (id: string) => {
    const inspected = await docker("inspect", id).catch(() => undefined);
    if (inspected) seen.set(id, JSON.parse(inspected)[0]);
  };
  const started = new Set<string>();
  const filters = ["type=container", "event=create", "event=start"];
  const words = ["events", "--format", "{{.Action}} {{.ID}}"];
  const events = spawn("docker", [...words, ...filters.flatMap((each) => ["--filter", each])], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  createInterface(events.stdout).on("line", (line) => {
    const [action, id = ""] = line.split(" ");
    if (action === "start") started.add(id);
    void look(id);
  });
  return {
    /**
     * Those of stacks, the throw-away ones that write their files as well: as they are, or as they were last seen if they
     * are gone.
     */
    async of(...stacks: string[]): Promise<Inspected[]> {
      await Promise.all([...seen.keys()].map(look));
      return [...seen.values()].filter(({ Id, Config: { Labels = {} } }) => {
        const stack = Labels["slipway.stack"] ?? Labels["slipway.helper"];
        return started.has(Id) && stacks.includes(stack);
      });
    },
    stop: () => events.kill(),
  };
}
