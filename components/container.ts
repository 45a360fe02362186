import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";

/** What a container says of itself, and by which scripts find it. */
export interface Identity {
  stack: string;
  role: "postgres" | "redis" | "edge" | "service" | "worker" | "beat";
  /** The service's, worker's or server's name. */
  name: string;
  /** Only containers of the application belong to a release. */
  release?: string;
}

export interface Limits {
  memoryMegabytes: number;
  /** Unlimited when absent. */
  cpus?: number | undefined;
}

/** What every container gets, whatever runs in it (CIS Docker 5: privileges, resources, logs, restarts). */
export function hardened(identity: Identity, limits: Limits) {
  return {
    labels: Object.entries({
      "slipway.stack": identity.stack,
      "slipway.role": identity.role,
      "slipway.name": identity.name,
      ...(identity.release ? { "slipway.release": identity.release } : {}),
    }).map(([label, value]) => ({ label, value })),
    restart: "unless-stopped",
    init: true,
    readOnly: true,
    capabilities: { drops: ["ALL"] },
    securityOpts: ["no-new-privileges:true"],
    memory: limits.memoryMegabytes,
    memorySwap: limits.memoryMegabytes,
    ...(limits.cpus ? { cpus: String(limits.cpus) } : {}),
    logDriver: "json-file",
    logOpts: { "max-size": "10m", "max-file": "3" },
    networkMode: "bridge",
    mustRun: true,
  } satisfies Omit<docker.ContainerArgs, "image">;
}

/** A check in Docker's own notation; durations in Go's canonical form, which is how the engine gives them back. */
export function healthcheck(tests: string[], interval: "5s" | "10s" = "10s", retries = 3) {
  return { tests, interval, timeout: "10s", startPeriod: "1m0s", retries };
}

/** A network that a container joins, with the names that it answers to there. */
export function attachment(name: pulumi.Input<string>, ...aliases: string[]) {
  return { name, aliases };
}
