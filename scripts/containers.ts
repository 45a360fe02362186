import { docker, type EngineHost } from "./engine.ts";
import type { DeployedEnvironment } from "./environment.ts";
import { Failure } from "./failure.ts";

export interface RunningContainer {
  id: string;
  name: string;
  role: string;
  release: string | undefined;
  image: string;
  state: string;
  health: string | undefined;
  startedAt: Date;
  restarts: number;
  user: string;
  environment: string[];
  binds: string[];
  networks: string[];
  memoryBytes: number;
  /** Whether what it prints can be read later. */
  isLogged: boolean;
}

/** An environment's containers, running or not, those of servers of data first. */
export async function listContainers(
  environment: EngineHost & Pick<DeployedEnvironment, "stack">,
): Promise<RunningContainer[]> {
  const label = `label=slipway.stack=${environment.stack}`;
  const words = ["ps", "--all", "--quiet", "--no-trunc", "--filter", label];
  const ids = (await docker(environment, words)).split("\n").filter(Boolean);
  if (ids.length === 0) return [];
  const inspected = await docker(environment, ["inspect", ...ids]).catch(unlessGone);
  if (inspected === undefined) return listContainers(environment);
  const order = ["edge", "postgres", "redis", "service", "worker", "beat"];
  const place = ({ role, name, release = "" }: RunningContainer) =>
    `${order.includes(role) ? order.indexOf(role) : order.length} ${name} ${release}`;
  return JSON.parse(inspected)
    .map(describe)
    .sort((a: RunningContainer, b: RunningContainer) => (place(a) < place(b) ? -1 : 1));
}

/** Those that only do a piece of work, such as a backup, come and go between a list and a look. */
function unlessGone(error: unknown): undefined {
  if (!(error instanceof Failure && error.message.includes("No such object"))) throw error;
}

// biome-ignore lint/suspicious/noExplicitAny: what `docker inspect` prints has no published type
function describe(inspected: any): RunningContainer {
  const { Id, Config, State, HostConfig, Mounts, NetworkSettings, RestartCount } = inspected;
  return {
    id: Id,
    name: Config.Labels["slipway.name"] ?? Config.Labels["slipway.role"],
    role: Config.Labels["slipway.role"],
    release: Config.Labels["slipway.release"],
    image: Config.Image,
    state: State.Status,
    health: State.Health?.Status,
    startedAt: new Date(State.StartedAt),
    restarts: RestartCount,
    user: Config.User,
    environment: Config.Env,
    binds: Mounts.map(
      (mount: { Type: string; Name: string; Source: string; Destination: string; RW: boolean }) =>
        `${mount.Type === "volume" ? mount.Name : mount.Source}:${mount.Destination}:${mount.RW ? "rw" : "ro"}`,
    ),
    networks: Object.keys(NetworkSettings.Networks),
    memoryBytes: HostConfig.Memory,
    isLogged: HostConfig.LogConfig.Type !== "none",
  };
}
