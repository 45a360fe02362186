import { z } from "zod";
import { acme } from "./acme.ts";
import * as field from "./fields.ts";
import * as name from "./names.ts";
import { choice, list, map, modes, section } from "./shapes.ts";

/**
 * The engine that runs everything, and the directory on its host that Slipway owns. With an `address` it is reached by
 * SSH, with the key of `privateKey` or those of the agent; else it is the machine that deploys.
 */
export const host = section({
  address: name.address.optional(),
  user: name.login.default("deploy"),
  port: field.port.default(22),
  hostKey: field.hostKey.optional(),
  privateKey: field.privateKey.optional(),
  socket: field.socket.default("unix:///var/run/docker.sock"),
  directory: field.directory.default("/var/lib/slipway"),
});

/** The images of what the stack runs beside the application. */
export const images = section({
  postgres: name.image.optional(),
  redis: name.image.optional(),
  traefik: name.image.optional(),
  helper: name.image,
});

export const registries = map(
  name.registry,
  section({ username: field.text, password: field.text }),
  "a map from registries to credentials",
);

/** A certificate and its key in PEM, for `edge.certificates: provided`. */
export const tls = section({ certificate: field.certificate, key: field.privateKey });

/** Who may ask, beside the deploy itself: names with passwords, addresses, or both. */
export const access = section({
  users: map(name.name, field.text, "a map from names of users to passwords").default({}),
  addresses: list(field.addressRange, "a list of IP addresses or ranges", "203.0.113.0/24").default(
    [],
  ),
});

const ownEdge = section({
  mode: z.literal("own"),
  name: name.edgeName.default("edge"),
  address: field.ipAddress.default("0.0.0.0"),
  ipv6: field.flag.default(false),
  httpPort: field.port.default(80),
  httpsPort: field.port.default(443),
  certificates: choice("acme", "provided").default("acme"),
  email: field.email.optional(),
  acme: acme.prefault({}),
  maxHeaderKilobytes: field.kilobytes.default(64),
  memoryMegabytes: field.megabytes.default(256),
});

const sharedEdge = section({
  mode: z.literal("shared"),
  name: name.edgeName.default("edge"),
  address: field.ipAddress.default("127.0.0.1"),
  httpPort: field.port.default(80),
  httpsPort: field.port.default(443),
  certificates: choice("acme", "provided").default("acme"),
});

/** Traefik: `own` declares it in this stack, `shared` uses the one that another stack of the host owns. */
export const edge = z.discriminatedUnion("mode", [ownEdge, sharedEdge], modes("own", "shared"));

const ownPostgres = section({
  mode: z.literal("own"),
  database: field.databaseName.default("app"),
  memoryMegabytes: field.megabytes.default(512),
  cpus: field.cpus.optional(),
  maxProcesses: field.processes.default(512),
  parameters: map(
    field.parameter,
    field.setting,
    "a map from Postgres parameters to values",
  ).default({}),
  passwordGeneration: field.generation.default(1),
});

const managedPostgres = section({
  mode: z.literal("managed"),
  url: field.databaseUrl,
  ownerUrl: field.databaseUrl.optional(),
});

const ownRedis = section({
  mode: z.literal("own"),
  memoryMegabytes: field.megabytes.default(128),
  cpus: field.cpus.optional(),
  maxProcesses: field.processes.default(128),
  passwordGeneration: field.generation.default(1),
});

const managedRedis = section({ mode: z.literal("managed"), url: field.redisUrl });
const none = section({ mode: z.literal("none") });

function ownByDefault(value: unknown): unknown {
  const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
  return isMap && !("mode" in value) ? { mode: "own", ...value } : value;
}

const servers = modes("own", "managed", "none");

/** This stack's own server, somebody else's by its URL, or none. */
export const postgres = z
  .preprocess(
    ownByDefault,
    z.discriminatedUnion("mode", [ownPostgres, managedPostgres, none], servers),
  )
  .prefault({});
export const redis = z
  .preprocess(ownByDefault, z.discriminatedUnion("mode", [ownRedis, managedRedis, none], servers))
  .prefault({});

/** Those whose image a stack needs: what it runs itself, and Postgres for a managed one to be dumped with. */
export function serversOf({
  postgres,
  redis,
  edge,
  backups,
}: {
  postgres: { mode: string };
  redis: { mode: string };
  edge: Pick<Edge, "mode">;
  backups: { enabled: boolean };
}): ("postgres" | "redis" | "traefik")[] {
  const isDumped = postgres.mode === "managed" && backups.enabled;
  const own = { postgres, redis, traefik: edge };
  return (["postgres", "redis", "traefik"] as const).filter(
    (server) => own[server].mode === "own" || (server === "postgres" && isDumped),
  );
}

export type OwnPostgres = z.infer<typeof ownPostgres>;
export type OwnRedis = z.infer<typeof ownRedis>;
export type Edge = z.infer<typeof edge>;
export type Images = z.infer<typeof images>;
