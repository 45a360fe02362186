import { quote, type ShellCommand } from "./shell-command.ts";

/** What of `docker inspect` a container is started anew by; `image` is what its image brings along. */
export interface Inspected {
  Id: string;
  Name: string;
  Config: Settings & { Image: string };
  // biome-ignore lint/suspicious/noExplicitAny: what `docker inspect` prints has no published type
  HostConfig: any;
  NetworkSettings: { Networks: Record<string, { Aliases: string[] | null }> };
  image: { Config: Settings };
}

interface Settings {
  User: string;
  Env: string[] | null;
  Cmd: string[] | null;
  Entrypoint: string[] | null;
  Labels: Record<string, string> | null;
  StopSignal?: string;
  StopTimeout?: number;
  Healthcheck?: {
    Test: string[];
    Interval: number;
    Timeout: number;
    StartPeriod: number;
    Retries: number;
  };
}

/** The commands that make a container: `docker run` on its first network, then a connection to each further one. */
export function containerCommands({ image, ...container }: Inspected): ShellCommand[] {
  const name = container.Name.slice(1);
  const { Config: config, HostConfig: host } = container;
  const [first, ...further] = Object.entries(container.NetworkSettings.Networks).map(
    ([network, { Aliases }]) => ({
      network,
      // Docker adds the short id by itself.
      aliases: (Aliases ?? []).filter((alias) => !/^[0-9a-f]{12}$/.test(alias)),
    }),
  );
  const [entrypoint, ...start] = config.Entrypoint ?? [];
  const isOwn = String(config.Entrypoint) !== String(image.Config.Entrypoint);
  const flags = [
    ...["docker", "run", "--detach", "--name", name],
    ...each("--label", pairs(config.Labels, image.Config.Labels)),
    ...["--network", first?.network ?? "none", ...each("--network-alias", first?.aliases)],
    ...["--restart", host.RestartPolicy.Name, ...(host.Init ? ["--init"] : [])],
    ...["--user", config.User, ...(host.ReadonlyRootfs ? ["--read-only"] : [])],
    ...[...each("--cap-drop", host.CapDrop), ...each("--security-opt", host.SecurityOpt)],
    ...["--pids-limit", String(host.PidsLimit ?? -1)],
    ...["--memory", megabytes(host.Memory), "--memory-swap", megabytes(host.MemorySwap)],
    ...(host.NanoCpus ? ["--cpus", String(host.NanoCpus / 1e9)] : []),
    ...(host.CpuShares ? ["--cpu-shares", String(host.CpuShares)] : []),
    ...["--shm-size", megabytes(host.ShmSize), "--log-driver", host.LogConfig.Type],
    ...each("--log-opt", pairs(host.LogConfig.Config)),
    ...each("--tmpfs", pairs(host.Tmpfs, null, ":")),
    ...each("--publish", published(host.PortBindings)),
    ...each("--volume", host.Binds),
    ...(config.StopSignal ? ["--stop-signal", config.StopSignal] : []),
    ...["--stop-timeout", String(config.StopTimeout ?? 10), ...healthFlags(config.Healthcheck)],
    ...each(
      "--env",
      (config.Env ?? []).filter((variable) => !image.Config.Env?.includes(variable)),
    ),
    ...(isOwn && entrypoint ? ["--entrypoint", entrypoint] : []),
  ];
  const words = [config.Image, ...(isOwn ? start : []), ...(config.Cmd ?? [])];
  const connect = further.map(({ network, aliases }) => ({
    flags: ["docker", "network", "connect", ...each("--alias", aliases)],
    words: [network, name],
  }));
  return [{ flags, words }, ...connect];
}

function megabytes(bytes: number): string {
  return `${bytes / 2 ** 20}m`;
}

function seconds(nanoseconds: number): string {
  return `${nanoseconds / 1e9}s`;
}

function each(flag: string, values: string[] | null | undefined): string[] {
  return (values ?? []).flatMap((value) => [flag, value]);
}

function pairs(
  map: Record<string, string> | null | undefined,
  known: Record<string, string> | null = null,
  between = "=",
): string[] {
  return Object.entries(map ?? {})
    .filter(([key, value]) => known?.[key] !== value)
    .map(([key, value]) => `${key}${between}${value}`)
    .sort();
}

function published(ports: Record<string, { HostIp: string; HostPort: string }[]> | null): string[] {
  return Object.entries(ports ?? {}).flatMap(([internal, bindings]) =>
    bindings.map(({ HostIp, HostPort }) => `${HostIp}:${HostPort}:${internal}`),
  );
}

/** The client takes a check as a shell command only. */
function healthFlags(check: Settings["Healthcheck"]): string[] {
  if (!check) return [];
  const { Test: test, Interval, Timeout, StartPeriod, Retries } = check;
  return [
    ...["--health-cmd", test.slice(1).map(quote).join(" "), "--health-retries", String(Retries)],
    ...["--health-interval", seconds(Interval), "--health-timeout", seconds(Timeout)],
    ...["--health-start-period", seconds(StartPeriod)],
  ];
}
