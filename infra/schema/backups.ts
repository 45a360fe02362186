import { z } from "zod";
import { weekdays } from "../../components/backup-schedule.ts";
import * as field from "./fields.ts";
import * as name from "./names.ts";
import { choice, modes, section } from "./shapes.ts";

const none = section({ mode: z.literal("none") });

/** A bucket of a service that speaks S3. */
const s3 = section({
  mode: z.literal("s3"),
  bucket: name.bucket,
  region: name.region.default("us-east-1"),
  endpoint: name.endpoint.default("s3.amazonaws.com"),
  /** `host` puts the bucket's name before the endpoint's. */
  uriStyle: choice("host", "path").default("host"),
  accessKey: field.text,
  secretKey: field.text,
  caCertificate: field.certificate.optional(),
  path: field.directory.default("/slipway"),
});

const sftp = section({
  mode: z.literal("sftp"),
  address: name.address,
  port: field.port.default(22),
  user: name.login,
  hostKey: field.hostKey,
  privateKey: field.privateKey,
  path: field.directory.default("/slipway"),
});

/** Where and how often the stack's own Postgres is saved, beside all that it writes at once. */
export const backups = section({
  enabled: field.flag.default(true),
  /** Of the host's clock in UTC. */
  at: field.timeOfDay.default("02:30"),
  fullOn: choice(...weekdays).default("sunday"),
  /** Whether each is restored, which takes as much room again on the host as the data. */
  prove: field.flag.default(true),
  retentionDays: field.days.default(30),
  /** How much may wait to be archived until it is given up, so that the disk does not fill. */
  queueMegabytes: field.queueMegabytes.default(1024),
  /** What becomes of a data volume that is empty while a repository has backups. */
  emptyVolume: choice("refuse", "restore", "begin").default("refuse"),
  offsite: z
    .discriminatedUnion("mode", [none, s3, sftp], modes("none", "s3", "sftp"))
    .default({ mode: "none" }),
});

export type Backups = z.infer<typeof backups>;
