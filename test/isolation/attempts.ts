import type { Login, Place } from "./facts.ts";

/** What is to be known of an environment to try to get at it. */
export interface Target {
  stack: string;
  edge: string;
  places: Place[];
  /** Addresses by which the host itself is reached from a container. */
  hostAddresses: string[];
  /** Texts that stand in its files alone. */
  texts: string[];
  logins: Record<"postgres" | "redis", Login>;
}

/** What somebody tries, and why it fails; a line for `prober.sh` for each single attempt. */
export type Row = [attempt: string, reason: string, lines: (target: Target) => string[]];

/** All fail from other environments, and succeed inside the environment itself. */
export const attempts: Row[] = [
  [
    "resolve every name of its containers, plain or with the network, to their addresses",
    "Docker's name server answers for the networks that a container is on",
    ({ places }) =>
      places.flatMap(({ names, address }) => names.map((name) => `resolve ${name} ${address}`)),
  ],
  [
    "connect to every port that they listen on, by address",
    "Docker drops what goes from one bridge to another",
    ({ places }) =>
      places.flatMap(({ ports, address }) => ports.map((port) => `connect ${address} ${port}`)),
  ],
  [
    "connect to every port that they listen on, by name",
    "no name resolves; those of servers mean one's own",
    ({ places }) =>
      places
        .filter(({ role }) => role !== "edge")
        .flatMap(({ names, ports }) =>
          names
            .filter((name) => name !== "postgres" && name !== "redis")
            .flatMap((name) => ports.map((port) => `connect ${name} ${port}`)),
        ),
  ],
  [
    "log in to Postgres and Redis with the right password",
    "there is no way to them",
    ({ places, logins }) =>
      (["postgres", "redis"] as const).flatMap((server) =>
        places
          .filter(({ role }) => role === server)
          .map(({ address }) => loginLine(server, address, logins[server])),
      ),
  ],
  [
    "find a secret, a password, the certificate's key, an upload or the name of the release in any file",
    "no file, volume or mount of it is there",
    ({ texts }) => texts.map((text) => `find ${text}`),
  ],
  [
    "find its name in any process: words, variables, control groups, mounts",
    "each container has process numbers of its own",
    ({ stack }) => [`process ${stack}`],
  ],
];

/** These succeed only for who has the host's file system. */
export const attemptsOnHost: Row[] = [
  [
    "see its directory, marker, journal, secrets, and what the edge reads of it",
    "they are mounted into its own containers and the edge's alone",
    ({ stack, edge }) =>
      [
        ...["live/release", "journal/log", "releases", "postgres/password", "redis/users.acl"].map(
          (path) => `${stack}/${path}`,
        ),
        ...[`dynamic/${stack}.yml`, `certificates/${stack}/key.pem`].map(
          (path) => `edges/${edge}/${path}`,
        ),
      ].map((path) => `see /var/lib/slipway/${path}`),
  ],
  [
    "see its volumes",
    "they are mounted into its own containers alone",
    ({ stack }) =>
      ["postgres", "redis", "uploads"].map(
        (volume) => `see /var/lib/docker/volumes/slipway-${stack}-${volume}/_data`,
      ),
  ],
  ["see Docker's socket", "it is in no container", () => ["see /var/run/docker.sock"]],
];

/** These fail from everywhere. */
export const hopeless: Row[] = [
  [
    "connect by the addresses of the host to a port that is not the edge's",
    "nothing but the edge publishes ports",
    ({ places, hostAddresses }) => {
      const gateways = places.map(({ gateway }) => gateway);
      const ports = places.flatMap((each) => (each.role === "edge" ? [] : each.ports));
      return [...new Set([...gateways, ...hostAddresses])].flatMap((address) =>
        [...new Set(ports)].map((port) => `connect ${address} ${port}`),
      );
    },
  ],
];

export function loginLine(server: string, address: string, login: Login): string {
  const { user, password, database = "" } = login;
  return [server, address, user, password, database].join(" ").trim();
}
