import { docker } from "../throw-away.ts";

/** A container of an environment on one of its networks. */
export interface Place {
  container: string;
  role: string;
  network: string;
  address: string;
  gateway: string;
  /** What it answers to there. */
  names: string[];
  /** TCP ports that it listens on there. */
  ports: number[];
}

/**
 * Where the running containers of a stack are to be found, but for networks that are another stack's. Those that only do
 * a piece of work, such as a backup, have no name: they may be gone before one has looked.
 */
export async function placesOf(stack: string, helper: string): Promise<Place[]> {
  const filter = `label=slipway.stack=${stack}`;
  const own = (await docker("network", "ls", "--filter", filter, "--format", "{{.Name}}")).split(
    "\n",
  );
  const words = ["ps", "--quiet", "--no-trunc", "--filter", filter, "--filter"];
  const ids = (await docker(...words, "label=slipway.name")).split("\n");
  const inspected = JSON.parse(await docker("inspect", ...ids));
  const places: Place[] = [];
  for (const { Id, Name, Config, NetworkSettings } of inspected) {
    const ports = await listeningPorts(Id, helper);
    for (const network of own) {
      const endpoint = NetworkSettings.Networks[network];
      if (!endpoint) continue;
      places.push({
        ...{ container: Id, role: Config.Labels["slipway.role"], network, ports },
        ...{ address: endpoint.IPAddress, gateway: await gatewayOf(network) },
        names: [Name.slice(1), `${Name.slice(1)}.${network}`, ...(endpoint.Aliases ?? [])],
      });
    }
  }
  return places;
}

function gatewayOf(network: string): Promise<string> {
  return docker("network", "inspect", "--format", "{{(index .IPAM.Config 0).Gateway}}", network);
}

/** As the kernel tells them of the container's network, by whatever has `cat`. */
async function listeningPorts(container: string, helper: string): Promise<number[]> {
  const words = ["run", "--rm", "--network", `container:${container}`, helper];
  const lines = (await docker(...words, "cat", "/proc/net/tcp", "/proc/net/tcp6")).split("\n");
  const ports = lines.flatMap((line) => {
    const [, local = "", , state] = line.trim().split(/\s+/);
    const [address = "", port = ""] = local.split(":");
    const isLoopback = /^(......7F|0{24}01000000)$/.test(address);
    return state === "0A" && !isLoopback ? [Number.parseInt(port, 16)] : [];
  });
  return [...new Set(ports)];
}

/** As an application logs in to a server. */
export interface Login {
  user: string;
  password: string;
  database?: string;
}

/** The logins that a service of the stack reads from its secrets. */
export async function loginsOf(service: string): Promise<Record<"postgres" | "redis", Login>> {
  const login = async (secret: string) => {
    const url = new URL(await docker("exec", service, "cat", `/run/secrets/${secret}`));
    const { username: user, password, pathname } = url;
    return { user, password, database: pathname.slice(1) };
  };
  const { user, password } = await login("REDIS_URL");
  return { postgres: await login("DATABASE_URL"), redis: { user, password } };
}
