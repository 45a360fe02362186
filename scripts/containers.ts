import { against, type DeployedEnvironment } from "./environment.ts";
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
}

/** An environment's containers, running or not, those of servers of data first. */
export async function listContainers(
  environment: DeployedEnvironment,
): Promise<RunningContainer[]> {
  const label = `label=slipway.stack=${environment.stack}`;
  const run = against(environment);
  const words = ["ps", "--all", "--quiet", "--no-trunc", "--filter", label];
  const listed = await run("docker", words, { reject: false });
  if (listed.failed)
    throw new Failure(`the Docker engine at ${environment.engine} does not answer; is it running?`);
  const ids = listed.stdout.split("\n").filter(Boolean);
  if (ids.length === 0) return [];
  const { stdout } = await run("docker", ["inspect", ...ids]);
  const order = [
    "edge",
    "postgres",
    "redis",
    "service",
    "worker",
    "beat",
    "maintenance",
    "migration",
  ];
  return JSON.parse(stdout)
    .map(describe)
    .sort(
      (a: RunningContainer, b: RunningContainer) => order.indexOf(a.role) - order.indexOf(b.role),
    );
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
  };
}
