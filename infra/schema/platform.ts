import { z } from "zod";
import * as field from "./fields.ts";

/** The engine that runs everything, and the directory on its host that Slipway owns. */
export const host = field.section({
  socket: field.socket.default("unix:///var/run/docker.sock"),
  directory: field.directory.default("/var/lib/slipway"),
});

/** The images of what the stack runs beside the application. */
export const images = field.section({
  postgres: field.image.optional(),
  redis: field.image.optional(),
  traefik: field.image.optional(),
  helper: field.image,
});

export const registries = z.record(
  field.hostName,
  field.section({ username: field.text, password: field.text }),
);

/** A certificate and its key in PEM, for `edge.certificates: provided`. */
export const tls = field.section({ certificate: field.text, key: field.text });

const ownEdge = field.section({
  mode: z.literal("own"),
  name: field.name.default("edge"),
  address: field.ipAddress.default("0.0.0.0"),
  httpPort: field.port.default(80),
  httpsPort: field.port.default(443),
  certificates: field.choice("acme", "provided").default("acme"),
  email: field.email.optional(),
  memoryMegabytes: field.megabytes.default(192),
});

const sharedEdge = field.section({
  mode: z.literal("shared"),
  name: field.name.default("edge"),
  address: field.ipAddress.default("127.0.0.1"),
  httpPort: field.port.default(80),
  httpsPort: field.port.default(443),
  certificates: field.choice("acme", "provided").default("acme"),
});

/** Traefik: `own` declares it in this stack, `shared` uses the one that another stack of the host owns. */
export const edge = z.discriminatedUnion("mode", [ownEdge, sharedEdge], {
  error: "a map whose key mode is own or shared",
});

const ownPostgres = field.section({
  mode: z.literal("own"),
  database: field.databaseName.default("app"),
  memoryMegabytes: field.megabytes.default(512),
  cpus: field.cpus.optional(),
  maxProcesses: field.processes.default(512),
  parameters: z.record(field.parameter, field.setting).default({}),
  passwordGeneration: field.generation.default(1),
});

const managedPostgres = field.section({
  mode: z.literal("managed"),
  url: field.databaseUrl,
  ownerUrl: field.databaseUrl.optional(),
});

const ownRedis = field.section({
  mode: z.literal("own"),
  memoryMegabytes: field.megabytes.default(128),
  cpus: field.cpus.optional(),
  maxProcesses: field.processes.default(128),
  passwordGeneration: field.generation.default(1),
});

const managedRedis = field.section({ mode: z.literal("managed"), url: field.redisUrl });
const none = field.section({ mode: z.literal("none") });

function ownByDefault(value: unknown): unknown {
  const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
  return isMap && !("mode" in value) ? { mode: "own", ...value } : value;
}

const modes = { error: "a map whose key mode is own, managed or none" };

/** This stack's own server, somebody else's by its URL, or none. */
export const postgres = z
  .preprocess(
    ownByDefault,
    z.discriminatedUnion("mode", [ownPostgres, managedPostgres, none], modes),
  )
  .prefault({});
export const redis = z
  .preprocess(ownByDefault, z.discriminatedUnion("mode", [ownRedis, managedRedis, none], modes))
  .prefault({});

export type OwnPostgres = z.infer<typeof ownPostgres>;
export type OwnRedis = z.infer<typeof ownRedis>;
export type Edge = z.infer<typeof edge>;
export type Images = z.infer<typeof images>;
