import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import { type Acme, acmeFlags, acmeVariables } from "./acme.ts";
import { attachment, hardened, healthcheck } from "./container.ts";
import { edgeNetworkName } from "./edge-network.ts";
import { engineDirectory, type HostEntry } from "./host-files.ts";
import type { Host } from "./host-script.ts";

/** User and group of the edge. */
export const edgeUser = "65532:65532";

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
 * per environment, beside `traefikFiles`, and has no access to the Docker engine. `edgeAttachment` starts it and puts it
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

/** The edge's directory under the host's own. */
export function edgeDirectory(edge: string): string {
  return `edges/${edge}`;
}

/** What lies in the edge's directory before it starts. */
export function traefikFiles(): HostEntry[] {
  return [
    engineDirectory("."),
    engineDirectory("dynamic"),
    { kind: "directory", path: "certificates", mode: "0755", owner: "0:0" },
    { kind: "directory", path: "acme", mode: "0700", owner: edgeUser },
    {
      kind: "file",
      path: "dynamic/tls.yml",
      mode: "0444",
      owner: "0:0",
      content: sealed(tlsOptions),
    },
    { kind: "directory", path: "bin", mode: "0755", owner: "0:0" },
    ...["container/start-edge.sh", "host/edge/whole.sh"].map(
      (script): HostEntry => ({
        ...{ kind: "file", path: `bin/${basename(script)}`, mode: "0444", owner: "0:0" },
        content: readFileSync(new URL(`../scripts/${script}`, import.meta.url), "utf8"),
      }),
    ),
  ];
}

/** What the edge alone reads of an environment: a certificate with its key in PEM, names with password hashes. */
export function environmentFiles(
  directory: string,
  secrets: Partial<Record<"certificate" | "key" | "users", pulumi.Input<string> | undefined>>,
): HostEntry[] {
  const names = { certificate: "certificate.pem", key: "key.pem", users: "users" };
  const files = Object.entries(names).flatMap(([kind, name]): HostEntry[] => {
    const content = secrets[kind as keyof typeof names];
    if (content === undefined) return [];
    const mode = kind === "certificate" ? "0444" : "0400";
    return [{ kind: "file", path: `${directory}/${name}`, mode, owner: edgeUser, content }];
  });
  if (files.length === 0) return [];
  return [{ kind: "directory", path: directory, mode: "0500", owner: edgeUser }, ...files];
}

/**
 * Mozilla's intermediate profile 6.0 of server-side TLS, without the DHE suites that Go does not have. Unknown names get
 * no certificate, and so no answer, instead of another environment's.
 */
const tlsOptions = `tls:
  options:
    default:
      minVersion: VersionTLS12
      sniStrict: true
      curvePreferences: [X25519MLKEM768, X25519, CurveP256, CurveP384]
      cipherSuites:
        - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
        - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
        - TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
        - TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
        - TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
        - TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
`;

/** As scripts/host/edge/whole.sh wants it. */
function sealed(text: string): string {
  return `${text}# whole ${createHash("sha256").update(text).digest("hex")}\n`;
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
