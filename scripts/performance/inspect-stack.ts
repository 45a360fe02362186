import { execa } from "execa";
import { localStack } from "../workspace.ts";
import type { Inspected } from "./container-command.ts";

/** What the stack has on the host, as `docker inspect` tells it; containers in the order in which they need each other. */
export interface Deployed {
  containers: Inspected[];
  networks: { Name: string; Internal: boolean; Labels: Record<string, string> }[];
  volumes: { Name: string }[];
}

const order = ["postgres", "redis", "edge", "service", "worker", "beat"];

export function roleOf({ Config }: Inspected): string {
  return Config.Labels?.["slipway.role"] ?? "";
}

export async function inspectStack(): Promise<Deployed> {
  const ofStack = ["--filter", `label=slipway.stack=${localStack}`];
  const containers = await inspect<Inspected>("container", ofStack);
  for (const container of containers) {
    const { stdout } = await execa("docker", ["image", "inspect", container.Config.Image]);
    [container.image] = JSON.parse(stdout);
  }
  return {
    containers: containers.sort((a, b) => order.indexOf(roleOf(a)) - order.indexOf(roleOf(b))),
    networks: await inspect("network", ofStack),
    volumes: await inspect("volume", ["--filter", `name=^slipway-${localStack}-`]),
  };
}

async function inspect<T>(
  kind: "container" | "network" | "volume",
  filter: string[],
): Promise<T[]> {
  const { stdout: listed } = await execa("docker", [kind, "ls", "--quiet", ...filter]);
  const { stdout } = await execa("docker", [kind, "inspect", ...listed.split("\n")]);
  return JSON.parse(stdout);
}

// What every start makes anew, or the client cannot say as the plugin does: a check by its words, two words of an entry
// point, the second network.
const incidental = new Set([
  ...["Hostname", "Healthcheck", "Volumes", "AttachStdout", "AttachStderr"],
  ...["Entrypoint", "Cmd", "NetworkMode", "ConsoleSize"],
]);

/** Where a container differs from the one of the same name, as `NAME KEY`; empty when all are the same. */
export function differences(one: Deployed, other: Deployed): string[] {
  const described = new Map(other.containers.map((each) => [each.Name, describe(each)]));
  return one.containers.flatMap((container) => {
    const twin = described.get(container.Name) ?? {};
    return Object.entries(describe(container))
      .filter(([key, value]) => value !== twin[key])
      .map(([key]) => `${container.Name} ${key}`);
  });
}

function describe({ Config, HostConfig, NetworkSettings }: Inspected): Record<string, string> {
  const all = {
    ...{ ...Config, ...HostConfig },
    command: [...(Config.Entrypoint ?? []), ...(Config.Cmd ?? [])].join(" "),
    networks: Object.keys(NetworkSettings.Networks).sort(),
  };
  // Plugin and client put lists in an order of their own; that of the command is kept as a text.
  return Object.fromEntries(
    Object.entries(all)
      .filter(([key, value]) => !incidental.has(key) && !isEmpty(value))
      .map(([key, value]) => [
        key,
        JSON.stringify(Array.isArray(value) ? value.toSorted() : value),
      ]),
  );
}

/** The client sends an empty list where the plugin sends none. */
function isEmpty(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return !value;
}
