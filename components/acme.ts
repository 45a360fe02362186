import type { HostEntry } from "./host-files.ts";

/** A certificate authority that speaks ACME, and how the edge shows it that a host name leads here. */
export interface Acme {
  /** Mail address for the authority. */
  email: string;
  challenge: "http" | "tls" | "dns";
  /** The authority's directory. Defaults to Let's Encrypt's. */
  server?: string | undefined;
  /** What the authority's own certificate is checked by, in PEM, where the world does not know it. */
  caCertificate?: string | undefined;
  /** How long its certificates are valid, which says when they are renewed. */
  certificateHours: number;
  dns?: AcmeDns | undefined;
  /** Directory under the edge's certificates with `acmeFiles`; another one for other files, since they are read once. */
  directory: string;
}

/** Who writes the records of DNS. */
export interface AcmeDns {
  /** As lego calls it. */
  provider: string;
  /** Values by the variables that lego takes them from. */
  credentials: Record<string, string>;
  /** Name servers to ask for records and zones, with ports. Defaults to those of the container. */
  resolvers: string[];
  /** How long to wait instead of asking the zone's own name servers. */
  propagationSeconds?: number | undefined;
}

const mounted = "/etc/slipway/certificates";

/** Traefik's static configuration of the resolver `acme`. */
export function acmeFlags({ email, challenge, server, dns, ...acme }: Acme): string[] {
  const resolver = "--certificatesResolvers.acme.acme";
  return [
    `${resolver}.email=${email}`,
    `${resolver}.storage=/var/lib/slipway/acme/acme.json`,
    // The default is RSA with 4096 bits, which makes a handshake cost the edge ten times as much.
    `${resolver}.keyType=EC256`,
    `${resolver}.certificatesDuration=${acme.certificateHours}`,
    ...(server ? [`${resolver}.caServer=${server}`] : []),
    ...(acme.caCertificate
      ? [`${resolver}.caCertificates=${mounted}/${acme.directory}/${authorityFile}`]
      : []),
    ...(challenge === "http" ? [`${resolver}.httpChallenge.entryPoint=web`] : []),
    ...(challenge === "tls" ? [`${resolver}.tlsChallenge=true`] : []),
    ...(dns ? dnsFlags(`${resolver}.dnsChallenge`, dns) : []),
  ];
}

function dnsFlags(flag: string, { provider, resolvers, propagationSeconds }: AcmeDns): string[] {
  return [
    `${flag}.provider=${provider}`,
    ...(resolvers.length > 0 ? [`${flag}.resolvers=${resolvers.join(",")}`] : []),
    ...(propagationSeconds === undefined
      ? []
      : [
          `${flag}.propagation.disableChecks=true`,
          `${flag}.propagation.delayBeforeChecks=${propagationSeconds}s`,
        ]),
  ];
}

/** By the name of a file: what is in a variable is shown by `docker inspect`. */
export function acmeVariables({ dns, directory }: Acme): string[] {
  return Object.keys(dns?.credentials ?? {}).map(
    (variable) => `${variable}_FILE=${mounted}/${directory}/${variable}`,
  );
}

/** What lies in the directory of its own; nothing where the authority is one that the world knows and DNS is not used. */
export function acmeFiles({ caCertificate, dns }: Acme, owner: string): HostEntry[] {
  const contents = {
    ...dns?.credentials,
    ...(caCertificate ? { [authorityFile]: caCertificate } : {}),
  };
  const files = Object.entries(contents).map(
    ([path, content]): HostEntry => ({ kind: "file", path, mode: "0400", owner, content }),
  );
  if (files.length === 0) return [];
  return [{ kind: "directory", path: ".", mode: "0500", owner }, ...files];
}

/** No variable is called so. */
const authorityFile = "authority.pem";
