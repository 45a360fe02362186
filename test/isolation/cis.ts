import { readFileSync } from "node:fs";
import { join } from "node:path";

// biome-ignore lint/suspicious/noExplicitAny: what `docker inspect` prints has no published type
export type Inspected = any;

/** Chapter 5 of the CIS Docker Benchmark 1.6, and 4.1: what holds for a container as `docker inspect` shows it. */
export const items: Record<string, (container: Inspected) => boolean> = {
  "4.1 user": ({ Config }) => /^[1-9]\d*(:[1-9]\d*)?$/.test(Config.User),
  "5.2 AppArmor": ({ HostConfig }) => !/apparmor[=:]unconfined/.test(options(HostConfig)),
  "5.4 capabilities": ({ HostConfig }) =>
    HostConfig.CapDrop?.includes("ALL") && !HostConfig.CapAdd?.length,
  "5.5 privileged": ({ HostConfig }) => !HostConfig.Privileged,
  "5.6 host directories": ({ Mounts }) =>
    Mounts.every(({ Source = "" }) => !/^\/((boot|dev|etc|lib|proc|sys|usr)(\/|$)|$)/.test(Source)),
  "5.10 host network": ({ HostConfig }) => HostConfig.NetworkMode !== "host",
  "5.11 memory": ({ HostConfig }) =>
    HostConfig.Memory > 0 && HostConfig.MemorySwap === HostConfig.Memory,
  "5.12 processors": ({ HostConfig: { NanoCpus, CpuQuota, CpuShares } }) =>
    NanoCpus > 0 || CpuQuota > 0 || (CpuShares > 0 && CpuShares < 1024),
  "5.13 read-only root": ({ HostConfig }) => HostConfig.ReadonlyRootfs,
  "5.14 ports": ({ HostConfig }) =>
    Object.values(HostConfig.PortBindings ?? {})
      .flat()
      .every((each) => !["", "0.0.0.0", "::"].includes((each as { HostIp: string }).HostIp)),
  "5.15 restarts": ({ HostConfig: { RestartPolicy } }) =>
    ["", "no"].includes(RestartPolicy.Name) || RestartPolicy.MaximumRetryCount > 0,
  "5.16 host processes": ({ HostConfig }) => HostConfig.PidMode !== "host",
  "5.17 host IPC": ({ HostConfig }) => HostConfig.IpcMode !== "host",
  "5.18 devices": ({ HostConfig }) => !HostConfig.Devices?.length,
  "5.20 mount propagation": ({ Mounts }) =>
    Mounts.every(({ Propagation = "" }) => !/shared/.test(Propagation)),
  "5.21 host UTS": ({ HostConfig }) => HostConfig.UTSMode !== "host",
  "5.22 seccomp": ({ HostConfig }) => !/seccomp[=:]/.test(options(HostConfig)),
  "5.25 control group": ({ HostConfig }) => !HostConfig.CgroupParent,
  "5.26 new privileges": ({ HostConfig }) => /no-new-privileges/.test(options(HostConfig)),
  "5.27 health": ({ Config, HostConfig }) =>
    /^CMD/.test(Config.Healthcheck?.Test?.[0]) ||
    HostConfig.RestartPolicy.Name !== "unless-stopped",
  "5.29 processes": ({ HostConfig }) => HostConfig.PidsLimit > 0,
  "5.30 default bridge": ({ NetworkSettings }) => !("bridge" in NetworkSettings.Networks),
  "5.31 host users": ({ HostConfig }) => HostConfig.UsernsMode !== "host",
  "5.32 Docker's socket": ({ Mounts }) =>
    Mounts.every(({ Source = "" }) => !Source.includes("docker.sock")),
};

function options({ SecurityOpt }: { SecurityOpt: string[] | null }): string {
  return (SecurityOpt ?? []).join();
}

/** `ITEM: ROLE` for each exception that docs/security.md makes. */
export function documentedExceptions(): string[] {
  const text = readFileSync(join(import.meta.dirname, "../../docs/security.md"), "utf8");
  return [...text.matchAll(/^\| (\d\.\d+ [^|]+) \| ([^|]+) \| [^|]+ \|$/gm)].flatMap(
    ([, item, roles = ""]) => roles.split(", ").map((role) => `${item}: ${role}`),
  );
}

/** The same of what containers have. */
export function foundExceptions(containers: Inspected[]): string[] {
  const found = containers.flatMap((container) =>
    Object.entries(items)
      .filter(([, holds]) => !holds(container))
      .map(([item]) => `${item}: ${roleOf(container)}`),
  );
  return [...new Set(found)];
}

export function roleOf({ Config }: Inspected): string {
  return Config.Labels?.["slipway.role"] ?? "helper";
}
