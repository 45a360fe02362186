import type { z } from "zod";
import * as field from "./fields.ts";
import * as name from "./names.ts";
import { choice, list, map, section } from "./shapes.ts";

const limits = {
  memoryMegabytes: field.megabytes.optional(),
  cpus: field.cpus.optional(),
  maxProcesses: field.processes.default(256),
};

export const settings = map(
  name.variable,
  field.setting,
  "a map from environment variables to values",
);

export const secrets = map(name.variable, field.secret, "a map from names of secrets to texts");

/** Where a consumer's settings differ from the application's. */
const differences = {
  image: name.image.optional(),
  user: name.user.optional(),
  settings: settings.default({}),
  secrets: list(name.variable, "a list of names of secrets", "DATABASE_URL").optional(),
  volumes: list(name.volumeName, "a list of names of volumes", "uploads").optional(),
};

/** What every container of the application has in common. */
export const application = section({
  image: name.image.optional(),
  user: name.user.default("10001:10001"),
  secretsAs: choice("files", "environment").default("files"),
  celery: field.text.optional(),
  volumes: map(
    name.volumeName,
    field.mountPoint,
    "a map from names of volumes to where they are mounted",
  ).default({}),
});

const probes = section({
  liveness: field.urlPath.default("/healthz/live"),
  readiness: field.urlPath.default("/healthz/ready"),
  smoke: list(field.urlPath, "a list of paths", "/healthz/ready").default([]),
  successes: field.successes.default(3),
  steadySeconds: field.fraction.default(0.2),
  timeoutSeconds: field.seconds.default(60),
}).prefault({});

/** A process that answers HTTP: the API, a frontend, Flower. */
export const service = section({
  ...differences,
  ...limits,
  command: field.command.optional(),
  port: field.port,
  hosts: list(name.hostName, "a list of host names", "erp.example.com").default([]),
  redirects: map(
    name.hostName,
    name.hostName,
    "a map from host names to the one that they are sent on to",
  ).default({}),
  hidden: list(field.hiddenPath, "a list of paths", "/metrics").default([]),
  probes,
  replicas: field.replicas.default(1),
  stopSeconds: field.seconds.default(30),
});

/** A Celery worker. In `command` the word `{queues}` stands for the queues that it consumes. */
export const worker = section({
  ...differences,
  ...limits,
  command: field.command.optional(),
  queues: list(name.queue, "a list of at least one queue", "default", 1).default(["celery"]),
  concurrency: field.concurrency.default(2),
  replicas: field.replicas.default(1),
  stopSeconds: field.seconds.default(60),
});

/** Celery's scheduler. In `command` the word `{schedule}` stands for its schedule file. */
export const beat = section({
  enabled: field.flag.default(false),
  ...differences,
  ...limits,
  command: field.command.optional(),
  stopSeconds: field.seconds.default(15),
});

/**
 * What brings the database to the schema that this release needs; runs as the owner role. `pending` prints the migrations
 * that the database lacks.
 */
export const migration = section({
  enabled: field.flag.default(false),
  command: field.command.default(["alembic", "upgrade", "head"]),
  pending: field.command.optional(),
  settings: settings.default({}),
  secrets: secrets.default({}),
  timeoutSeconds: field.seconds.default(600),
  lockSeconds: field.seconds.default(2),
  statementSeconds: field.seconds.default(300),
  downtime: choice("none", "declared").default("none"),
});

export type Service = z.infer<typeof service>;
export type Worker = z.infer<typeof worker>;
export type Beat = z.infer<typeof beat>;
export type Migration = z.infer<typeof migration>;
export type Application = z.infer<typeof application>;
