import { secret } from "@pulumi/pulumi";
import { EdgeAttachment } from "../components/edge-attachment.ts";
import { Traefik } from "../components/traefik.ts";
import type { HostParts } from "./host.ts";
import type { ProcessLimit } from "./process-limits.ts";
import type { Settings } from "./settings.ts";

export interface EdgeParts {
  /** The public address of the first host name. */
  url: string;
  limits: ProcessLimit[];
  attachment: EdgeAttachment;
}

export function declareEdge(settings: Settings, parts: HostParts): EdgeParts {
  const { stack, edge, images, tls } = settings;
  const { host, environment, provider, edgeNetwork } = parts;
  const options = { providers: [provider], dependsOn: [parts.images, edgeNetwork] };
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
      network: edgeNetwork,
      container: traefik?.container,
      tls: tls && { certificate: tls.certificate, key: secret(tls.key) },
    },
    options,
  );
  const limits = traefik ? [{ container: traefik.container, maxProcesses: 256 }] : [];
  return { url: publicUrl(settings), limits, attachment };
}

function publicUrl({ edge, services }: Settings): string {
  const [host = "localhost"] = Object.values(services).flatMap((service) => service.hosts);
  return edge.httpsPort === 443 ? `https://${host}` : `https://${host}:${edge.httpsPort}`;
}
