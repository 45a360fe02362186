import * as pulumi from "@pulumi/pulumi";
import { edgeAttachment } from "../components/edge-attachment.ts";
import { hostFiles } from "../components/host-files.ts";
import type { Host } from "../components/host-script.ts";
import { certificateFiles, edgeDirectory, traefik, traefikFiles } from "../components/traefik.ts";
import type { DataParts } from "./data.ts";
import type { HostParts } from "./host.ts";
import type { ProcessLimit } from "./process-limits.ts";
import type { Settings } from "./settings.ts";

export interface EdgeParts {
  /** Public addresses, by the references that stand for them. */
  urls: { "edge.url": string; [reference: string]: string };
  limits: ProcessLimit[];
  attachment: pulumi.Resource;
}

export function declareEdge(settings: Settings, parts: HostParts, data: DataParts): EdgeParts {
  const { stack, edge, images } = settings;
  const { host, environment, provider } = parts;
  // With the migration, which leaves a core free, and not with the servers, which do not.
  const files = declareEdgeFiles(settings, host, [parts.files, ...data.servers]);
  const dependsOn = [...files, parts.networks, ...data.servers];
  const server =
    edge.mode === "own"
      ? traefik(
          "edge-server",
          {
            ...{ ...edge, host, stack, edge: edge.name, network: environment.edgeNetwork },
            image: images.traefik as string,
          },
          { provider, dependsOn },
        )
      : undefined;
  const attachment = edgeAttachment(
    "edge-attachment",
    {
      ...{ host, stack, edge: edge.name, network: environment.edgeNetwork },
      container: server?.id,
    },
    { dependsOn },
  );
  const limits = server ? [{ container: server.id, maxProcesses: 256 }] : [];
  return { urls: publicUrls(settings), limits, attachment };
}

/** The edge's directory of the stack that owns it; of another one its certificate there. */
function declareEdgeFiles(
  { stack, edge, tls }: Settings,
  host: Host,
  dependsOn: pulumi.Resource[],
): pulumi.Resource[] {
  const own = edge.mode === "own";
  const certificates = `certificates/${stack}`;
  const certificate = tls && { certificate: tls.certificate, key: pulumi.secret(tls.key) };
  if (!own && !certificate) return [];
  const directory = edgeDirectory(edge.name);
  return [
    hostFiles(
      "edge-files",
      {
        host,
        directory: own ? directory : `${directory}/${certificates}`,
        moves: true,
        files: [
          ...(own ? traefikFiles() : []),
          ...(certificate ? certificateFiles(own ? certificates : ".", certificate) : []),
        ],
      },
      { dependsOn },
    ),
  ];
}

/** That of a service is its first host name's. The whole edge's is that of `api`, or of the first service by name. */
function publicUrls({ edge, services }: Settings): EdgeParts["urls"] {
  const port = edge.httpsPort === 443 ? "" : `:${edge.httpsPort}`;
  const published = Object.entries(services)
    .filter(([, { hosts }]) => hosts.length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { hosts }]) => [`services.${name}.url`, `https://${hosts[0]}${port}`] as const);
  const urls = Object.fromEntries(published);
  const main = urls["services.api.url"] ?? published[0]?.[1] ?? `https://localhost${port}`;
  return { "edge.url": main, ...urls };
}
