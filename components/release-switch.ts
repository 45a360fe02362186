import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "./application-container.ts";
import { addressToAsk, edgeDirectory } from "./edge-files.ts";
import { hiddenPaths } from "./edge-limits.ts";
import { type EdgeRoutesArgs, edgeRoutes } from "./edge-routes.ts";
import { hostCommand } from "./host-command.ts";
import type { Host } from "./host-script.ts";
import { probeRoutes } from "./probe-routes.ts";

/** One container that the switch proves, by what it has to answer. */
export type Participant =
  | {
      role: "service";
      name: string;
      id: pulumi.Input<string>;
      maxProcesses: number;
      port: number;
      readiness: string;
      /** How many times in a row it has to answer. */
      successes: number;
      /** Over at least this time. */
      steadySeconds: number;
      timeoutSeconds: number;
    }
  | {
      role: "worker";
      name: string;
      id: pulumi.Input<string>;
      maxProcesses: number;
      queues: string[];
    }
  | { role: "beat"; name: string; id: pulumi.Input<string>; maxProcesses: number };

export interface ReleaseSwitchArgs extends Omit<EdgeRoutesArgs, "stack"> {
  host: Host;
  environment: Environment;
  /** Name of the edge. */
  edge: string;
  /** Whether the stack has the edge itself. */
  ownsEdge: boolean;
  /** Address of the host where the edge listens, to ask the public route. */
  address: string;
  participants: Participant[];
  /** Paths by host name that have to answer well over the public route. */
  smoke: { service: string; host: string; path: string }[];
  /** The steps in which traffic moves before all of it does, and how long each lasts. */
  steps: { strategy: "blue-green" | "canary" | "rolling"; sizes: number[]; seconds: number };
  /** How long it is watched when it serves, before the release before is given up. */
  soakSeconds: number;
  /** How many of its answers may be errors. */
  maxErrorPercent: number;
  /** What 95 of 100 answers have to be faster than, as closely as the edge counts; no matter when absent. */
  maxLatencyMilliseconds?: number | undefined;
  /** The release's images, a line each. */
  images: string[];
  /** How long the edge may take to get a certificate. */
  certificateSeconds: number;
}

/**
 * Makes a release the one that serves. Proves every container again, since what an earlier step proved may be long
 * ago; then edge, marker, queues and beat go together, or all of it goes back. Has to be the last resource of all.
 * Returns what the last switch that succeeded printed, with the lines of its `images` in it.
 */
export function releaseSwitch(
  name: string,
  args: ReleaseSwitchArgs,
  opts?: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { host, environment, edge, steps } = args;
  const { stack } = environment;
  // Containers start side by side: the slowest one is waited for, and the rest answers meanwhile.
  const slowest = Math.max(...args.participants.map(timeoutSeconds));
  const published = args.routes.filter(({ hosts }) => hosts.length > 0);
  const watching = (steps.sizes.length + 1) * steps.seconds + args.soakSeconds;
  const { stdout } = hostCommand(
    name,
    {
      host,
      script: "switch-release",
      timeoutSeconds: slowest + watching + args.certificateSeconds + 540,
      variables: {
        STACK: stack,
        RELEASE: args.release,
        EDGE: `slipway-${edge}`,
        EDGE_OWNED: args.ownsEdge ? "yes" : "",
        EDGE_NETWORK: environment.edgeNetwork,
        EDGE_FILE: `${edgeDirectory(edge)}/dynamic/${stack}.yml`,
        EDGE_CONTENT: edgeRoutes({ ...args, stack }),
        PROBE_CONTENT: probeRoutes({ ...args, stack }),
        BACKENDS: published
          .map(({ service, port, replicas }) => `${service} ${port} ${replicas}`)
          .join("\n"),
        ACCESS: holdsSmokeBack(args) ? "limited" : "",
        STRATEGY: steps.strategy,
        STEPS: steps.sizes.join(" "),
        STEP_SECONDS: String(steps.seconds),
        SOAK_SECONDS: String(args.soakSeconds),
        MAX_ERROR_PERCENT: String(args.maxErrorPercent),
        MAX_LATENCY: String(args.maxLatencyMilliseconds ?? ""),
        CERTIFICATE_SECONDS: args.certificates === "acme" ? String(args.certificateSeconds) : "",
        EDGE_ADDRESS: addressToAsk(args.address),
        EDGE_PORT: String(args.httpsPort),
        PARTICIPANTS: pulumi
          .all(
            args.participants.map((each) => pulumi.output(each.id).apply((id) => line(each, id))),
          )
          .apply((lines) => lines.join("\n")),
        PUBLISHED: published.flatMap(({ hosts }) => hosts).join("\n"),
        IMAGES: args.images.join("\n"),
        SMOKE: args.smoke.map((each) => `${each.host} ${each.path} ${each.service}`).join("\n"),
      },
      removes: true,
      survives: true,
    },
    opts,
  );
  // An output of what ran, and no copy of what is configured: a deploy may leave the switch out, by `--target`.
  return pulumi.unsecret(stdout);
}

/** Whether a smoke test that comes by the public route may be refused by the edge. */
function holdsSmokeBack({ access, http, routes, smoke }: ReleaseSwitchArgs): boolean {
  if (access.byPassword || access.addresses.length > 0 || http.rateLimit) return true;
  const hidden = new Map(routes.map((route) => [route.service, route.hidden]));
  return smoke.some(({ service, path }) => isHidden(hidden.get(service) ?? [], path));
}

function isHidden(hidden: string[], path: string): boolean {
  const expression = hiddenPaths(hidden).replace("(?i)", "");
  return hidden.length > 0 && new RegExp(expression, "i").test(path);
}

function line(participant: Participant, id: string): string {
  const { role, name, maxProcesses } = participant;
  const common = `${role} ${name} ${id} ${maxProcesses} ${timeoutSeconds(participant)}`;
  if (role === "service") {
    const { port, readiness, successes, steadySeconds } = participant;
    const times = steadySeconds > 0 ? Math.max(2, successes) : successes;
    const pause = steadySeconds / Math.max(1, times - 1);
    return `${common} ${port} ${readiness} ${times} ${pause.toFixed(2)}`;
  }
  return role === "worker" ? `${common} ${participant.queues.join(",")}` : common;
}

/** How long a container may take until it answers. */
function timeoutSeconds(participant: Participant): number {
  return participant.role === "service" ? participant.timeoutSeconds : 60;
}
