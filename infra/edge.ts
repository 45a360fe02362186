import { secret } from "@pulumi/pulumi";
import { EdgeAttachment } from "../components/edge-attachment.ts";
import { Traefik } from "../components/traefik.ts";
import type { DataParts } from "./data.ts";
import type { HostParts } from "./host.ts";
import type { ProcessLimit } from "./process-limits.ts";
import type { Settings } from "./settings.ts";

export interface EdgeParts {
  /** Public addresses, by the references that stand for them. */
  urls: { "edge.url": string; [reference: string]: string };
  limits: ProcessLimit[];
  attachment: EdgeAttachment;
}

export function declareEdge(settings: Settings, parts: HostParts, data: DataParts): EdgeParts {
  const { stack, edge, images, tls } = settings;
  const { host, environment, provider } = parts;
  const dependsOn = [parts.files, parts.networks, ...data.first];
  const options = { providers: [provider], dependsOn };
  const traefik =
    edge.mode === "own"
      ? new Traefik(
          "edge",
          {
            ...{ ...edge, host, stack, edge: edge.name, network: environment.edgeNetwork },
            image: images.traefik as string,
          },
          options,
        )
      : undefined;
  const attachment = new EdgeAttachment(
    "edge-attachment",
    {
      host,
      stack,
      edge: edge.name,
      network: environment.edgeNetwork,
      container: traefik?.container,
      tls: tls && { certificate: tls.certificate, key: secret(tls.key) },
    },
    options,
  );
  const limits = traefik ? [{ container: traefik.container, maxProcesses: 256 }] : [];
  return { urls: publicUrls(settings), limits, attachment };
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
