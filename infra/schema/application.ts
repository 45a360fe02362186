import { z } from "zod";
import * as field from "./fields.ts";

const limits = {
  memoryMegabytes: field.megabytes.optional(),
  cpus: field.cpus.optional(),
  maxProcesses: field.processes.default(256),
};

/** Where a consumer's settings differ from the application's. */
const differences = {
  image: field.image.optional(),
  user: field.user.optional(),
  settings: z.record(field.variable, field.setting).default({}),
  secrets: z.array(field.variable).optional(),
  volumes: z.array(field.name).optional(),
};

/** What every container of the application has in common. */
export const application = field.section({
  image: field.image.optional(),
  user: field.user.default("10001:10001"),
  secretsAs: field.choice("files", "environment").default("files"),
  celery: field.text.optional(),
  volumes: z.record(field.name, field.directory).default({}),
});

const probes = field
  .section({
    liveness: field.urlPath.default("/healthz/live"),
    readiness: field.urlPath.default("/healthz/ready"),
    smoke: z.array(field.urlPath).default([]),
    timeoutSeconds: field.seconds.default(60),
  })
  .prefault({});

/** A process that answers HTTP: the API, a frontend, Flower. */
export const service = field.section({
  ...differences,
  ...limits,
  command: field.command.optional(),
  port: field.port,
  hosts: z.array(field.hostName).default([]),
  redirects: z.record(field.hostName, field.hostName).default({}),
  probes,
  replicas: field.replicas.default(1),
  stopSeconds: field.seconds.default(30),
});

/** A Celery worker. In `command` the word `{queues}` stands for the queues that it consumes. */
export const worker = field.section({
  ...differences,
  ...limits,
  command: field.command.optional(),
  queues: z.array(field.name).min(1).default(["celery"]),
  concurrency: field.concurrency.default(2),
  replicas: field.replicas.default(1),
  stopSeconds: field.seconds.default(60),
});

/** Celery's scheduler. In `command` the word `{schedule}` stands for its schedule file. */
export const beat = field.section({
  enabled: field.flag.default(false),
  ...differences,
  ...limits,
  command: field.command.optional(),
  stopSeconds: field.seconds.default(15),
});

/** The command that brings the database to the schema that this release needs; runs as the owner role. */
export const migration = field.section({
  enabled: field.flag.default(false),
  command: field.command.default(["alembic", "upgrade", "head"]),
  settings: z.record(field.variable, field.setting).default({}),
  secrets: z.record(field.variable, z.string()).default({}),
  timeoutSeconds: field.seconds.default(600),
});

export type Service = z.infer<typeof service>;
export type Worker = z.infer<typeof worker>;
export type Beat = z.infer<typeof beat>;
export type Migration = z.infer<typeof migration>;
export type Application = z.infer<typeof application>;
