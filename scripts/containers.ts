import { docker, type EngineHost } from "./engine.ts";
import type { DeployedEnvironment } from "./environment.ts";

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
  const inspected = await docker(environment, ["inspect", ...ids]);
  const order = [
    "edge",
    "postgres",
    "redis",
    "service",
    "worker",
    "beat",
    "maintenance",
    "migration",
    "rehearsal",
    "restore",
    "proof",
    "masking",
    "exec",
  ];
  const place = ({ role, name, release = "" }: RunningContainer) =>
    `${order.indexOf(role) + 100} ${name} ${release}`;
  return JSON.parse(inspected)
    .map(describe)
    .sort((a: RunningContainer, b: RunningContainer) => (place(a) < place(b) ? -1 : 1));
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
