import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { type Acme, acmeFlags, acmeVariables } from "./acme.ts";
import { attachment, hardened, healthcheck } from "./container.ts";
import { edgeDirectory, edgeUser } from "./edge-files.ts";
import { edgeNetworkName } from "./edge-network.ts";
import type { Host } from "./host-script.ts";

export interface TraefikArgs {
  host: Host;
  stack: string;
  image: string;
  /** Name of the edge; a host may have several. The container that serves is called `slipway-<edge>`. */
  edge: string;
  /** Address of the host that the ports are published on. */
  address: string;
  /** Whether also on all addresses of IPv6 that the host has. */
  ipv6: boolean;
  httpPort: number;
  httpsPort: number;
  /** Where certificates are obtained. Without it they are those of the environments' own. */
  acme?: Acme | undefined;
  /** What the headers of a request may take. */
  maxHeaderKilobytes: number;
  memoryMegabytes: number;
}

/**
 * The edge: the one container that publishes ports, on the network of `edgeNetwork`. It reads a directory with one file
 * per environment, beside `edgeFiles`, and has no access to the Docker engine. `edgeAttachment` starts it and puts it
 * on the networks of all environments that it serves.
 */
export function traefik(
  name: string,
  args: TraefikArgs,
  opts?: pulumi.CustomResourceOptions,
): docker.Container {
  const { host, stack, edge } = args;
  const hostPath = `${host.directory}/${edgeDirectory(edge)}`;
  return new docker.Container(
    name,
    {
      ...hardened({ stack, role: "edge", name: "edge" }, args),
      image: args.image,
      user: edgeUser,
      // It takes the place of the one before by the attachment, which also gives it its name.
      start: false,
      mustRun: false,
      entrypoints: ["/bin/sh", "/etc/slipway/bin/start-edge.sh"],
      command: serverFlags(args),
      // Go frees memory before the limit is reached: what is killed there drops every connection.
      envs: [
        `GOMEMLIMIT=${Math.floor(args.memoryMegabytes * 0.8)}MiB`,
        ...(args.acme ? acmeVariables(args.acme) : []),
      ],
      networksAdvanced: [attachment(edgeNetworkName(edge, args.ipv6))],
      ports: [args.address, ...(args.ipv6 ? ["::"] : [])].flatMap((ip) => [
        { internal: 8080, external: args.httpPort, ip, protocol: "tcp" },
        { internal: 8443, external: args.httpsPort, ip, protocol: "tcp" },
      ]),
      volumes: [
        {
          hostPath: `${hostPath}/dynamic`,
          containerPath: "/etc/slipway/dynamic",
          readOnly: true,
        },
        {
          hostPath: `${hostPath}/certificates`,
          containerPath: "/etc/slipway/certificates",
          readOnly: true,
        },
        { hostPath: `${hostPath}/bin`, containerPath: "/etc/slipway/bin", readOnly: true },
        { hostPath: `${hostPath}/acme`, containerPath: "/var/lib/slipway/acme" },
      ],
      tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=16m" },
      healthcheck: healthcheck(
        [
          "CMD",
          "traefik",
          "healthcheck",
          "--ping",
          "--ping.entryPoint=internal",
          "--entryPoints.internal.address=127.0.0.1:8082",
        ],
        "5s",
      ),
      stopTimeout: 30,
      destroyGraceSeconds: 30,
    },
    { ...opts, deleteBeforeReplace: false, replaceOnChanges: ["*"], ignoreChanges: ["name"] },
  );
}

function serverFlags({ httpsPort, acme, maxHeaderKilobytes }: TraefikArgs): string[] {
  return [
    "--global.checkNewVersion=false",
    "--global.sendAnonymousUsage=false",
    "--entryPoints.web.address=:8080",
    `--entryPoints.web.http.redirections.entryPoint.to=:${httpsPort}`,
    "--entryPoints.web.http.redirections.entryPoint.scheme=https",
    "--entryPoints.websecure.address=:8443",
    "--entryPoints.websecure.http.tls=true",
    // Those who connect to the next edge wait for what this one still has to answer.
    "--entryPoints.websecure.transport.lifeCycle.graceTimeOut=3s",
    ...["web", "websecure"].map(
      (entry) => `--entryPoints.${entry}.http.maxHeaderBytes=${maxHeaderKilobytes * 1024}`,
    ),
    // Only for what runs inside this container: the health check and the reading of metrics.
    "--entryPoints.internal.address=127.0.0.1:8082",
    "--ping=true",
    "--ping.entryPoint=internal",
    "--metrics.prometheus=true",
    "--metrics.prometheus.entryPoint=internal",
    // What deploy.maxLatencyMilliseconds is told by.
    "--metrics.prometheus.buckets=0.05,0.1,0.2,0.3,0.5,0.75,1,1.5,2,3,5,10",
    "--providers.file.watch=true",
    // The default of 2 s would delay an undo that follows a switch.
    "--providers.providersThrottleDuration=100ms",
    ...(acme ? acmeFlags(acme) : []),
  ];
}
