import { existsSync, readFileSync } from "node:fs";
import { docker } from "../throw-away.ts";

/** What the kernel holds a container to. */
export interface Limits {
  memoryMegabytes: number;
  processes: number;
  /** Infinity when it may use all. */
  processors: number;
}

/** Reads the kernel's own files, of either version of control groups, on the machine that the engine runs on. */
export async function limitsOf(container: string): Promise<Limits> {
  const read = await reader(container);
  const [quota = "max", period = "100000"] =
    read("", "cpu.max")?.split(" ") ??
    ["cpu.cfs_quota_us", "cpu.cfs_period_us"].map((file) => read("cpu", file) as string);
  const memory = read("", "memory.max") ?? read("memory", "memory.limit_in_bytes");
  const processes = read("", "pids.max") ?? read("pids", "pids.max");
  return {
    memoryMegabytes: Number(memory) / 2 ** 20,
    processes: processes === "max" ? Number.POSITIVE_INFINITY : Number(processes),
    processors: Number(quota) > 0 ? Number(quota) / Number(period) : Number.POSITIVE_INFINITY,
  };
}

/** Seconds of processor time that a container has used. */
export async function processorSeconds(container: string): Promise<number> {
  const read = await reader(container);
  const microseconds = /^usage_usec (\d+)$/m.exec(read("", "cpu.stat") ?? "")?.[1];
  return microseconds === undefined
    ? Number(read("cpuacct", "cpuacct.usage")) / 1e9
    : Number(microseconds) / 1e6;
}

/** Reads a file of the hierarchy of a controller; `""` is that of the second version. */
async function reader(container: string) {
  const pid = await docker("inspect", "--format", "{{.State.Pid}}", container);
  const lines = readFileSync(`/proc/${pid}/cgroup`, "utf8").trim().split("\n");
  const groups = new Map(
    lines.flatMap((line) => {
      const [, controllers = "", group = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
      return controllers.split(",").map((each) => [each, group] as const);
    }),
  );
  return (controller: string, file: string): string | undefined => {
    const path = `/sys/fs/cgroup/${controller}${groups.get(controller)}/${file}`;
    return existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
  };
}
