import type { z } from "zod";
import * as field from "./fields.ts";
import * as name from "./names.ts";
import { choice, section } from "./shapes.ts";

const canary = section({
  weights: field.weights.default([5, 25, 50]),
  stepSeconds: field.seconds.default(60),
}).prefault({});

const rolling = section({ stepSeconds: field.seconds.default(10) }).prefault({});

/** How one release follows another. */
export const deploy = section({
  strategy: choice("blue-green", "canary", "rolling").default("blue-green"),
  canary,
  rolling,
  soakSeconds: field.duration.default(10),
  drainSeconds: field.duration.default(30),
  certificateSeconds: field.seconds.default(120),
  maxErrorPercent: field.percent.default(1),
  maxLatencyMilliseconds: field.milliseconds.optional(),
  spareDiskMegabytes: field.spareMegabytes.default(1024),
  spareMemoryMegabytes: field.spareMegabytes.default(64),
});

export type Deploy = z.infer<typeof deploy>;

/** A masked copy of another stack's database may replace this one's. */
export const refresh = section({
  from: name.name,
  rules: field.relativePath.default("masking.yaml"),
});

/** Images run here only after they have run in another stack, healthy and for so long. */
export const promotion = section({
  from: name.name,
  soakHours: field.hours.default(0),
});
