import { createHmac } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { type Acme, acmeFiles } from "../components/acme.ts";
import { edgeAttachment } from "../components/edge-attachment.ts";
import { edgeDirectory, edgeFiles, edgeUser, environmentFiles } from "../components/edge-files.ts";
import { edgeNetwork } from "../components/edge-network.ts";
import { hostFiles } from "../components/host-files.ts";
import type { Host } from "../components/host-script.ts";
import { traefik } from "../components/traefik.ts";
import { accessOf, passwordFile } from "./access.ts";
import type { DataParts } from "./data.ts";
import type { HostParts } from "./host.ts";
import type { Settings } from "./settings.ts";

export interface EdgeParts {
  attachment: pulumi.Resource;
}

export function declareEdge(settings: Settings, parts: HostParts, data: DataParts): EdgeParts {
  const { stack, edge, images } = settings;
  const { host, environment, provider } = parts;
  const acme = acmeOf(settings);
  // With the migration, which leaves a core free, and not with the servers, which do not.
  const shared = declareEdgeFiles(settings, host, [parts.files, ...data.servers]);
  const files = [...shared, ...declareAcmeFiles(settings, host, acme, shared)];
  const dependsOn = [...files, parts.networks, ...data.servers];
  const server =
    edge.mode === "own"
      ? traefik(
          "edge-server",
          {
            ...{ ...edge, host, stack, edge: edge.name },
            ...{ image: images.traefik as string, acme },
          },
          {
            provider,
            dependsOn: [
              ...dependsOn,
              edgeNetwork("edge-network", { host, stack, edge: edge.name, ipv6: edge.ipv6 }),
            ],
          },
        )
      : undefined;
  const attachment = edgeAttachment(
    "edge-attachment",
    {
      ...{ ...edge, host, stack, edge: edge.name, network: environment.edgeNetwork },
      container: server?.id,
    },
    { dependsOn },
  );
  return { attachment };
}

/** The edge's directory of the stack that owns it; of another one what is its own there. */
function declareEdgeFiles(
  settings: Settings,
  host: Host,
  dependsOn: pulumi.Resource[],
): pulumi.Resource[] {
  const { stack, edge, tls } = settings;
  const own = edge.mode === "own";
  const certificates = `certificates/${stack}`;
  const certificate = tls && { certificate: tls.certificate, key: pulumi.secret(tls.key) };
  const users = accessOf(settings).byPassword ? passwordFile(settings) : undefined;
  if (!own && !certificate && !users) return [];
  const directory = edgeDirectory(edge.name);
  return [
    hostFiles(
      "edge-files",
      {
        host,
        directory: own ? directory : `${directory}/${certificates}`,
        moves: true,
        files: [
          ...(own ? edgeFiles() : []),
          ...environmentFiles(own ? certificates : ".", { ...certificate, users }),
        ],
      },
      { dependsOn },
    ),
  ];
}

/** Who obtains certificates from an authority. What is read once, when the edge starts, gives its directory the name. */
function acmeOf({ edge, releaseKey }: Settings): Acme | undefined {
  if (edge.mode !== "own" || !edge.email) return undefined;
  const { email, acme } = edge;
  const read = JSON.stringify([acme.caCertificate, acme.dns?.credentials]);
  const seal = createHmac("sha256", releaseKey).update(read).digest("hex").slice(0, 8);
  return { email, ...acme, directory: `.acme-${seal}` };
}

/** Apart from the edge's other files: it goes when another one has taken its place, and what was secret with it. */
function declareAcmeFiles(
  { edge }: Settings,
  host: Host,
  acme: Acme | undefined,
  dependsOn: pulumi.Resource[],
): pulumi.Resource[] {
  const files = acme ? acmeFiles(acme, edgeUser) : [];
  if (!acme || files.length === 0) return [];
  const directory = `${edgeDirectory(edge.name)}/certificates/${acme.directory}`;
  return [
    hostFiles(
      "edge-acme-files",
      {
        ...{ host, directory, moves: true },
        files: files.map((each) =>
          each.kind === "file" ? { ...each, content: pulumi.secret(each.content) } : each,
        ),
      },
      { dependsOn },
    ),
  ];
}
