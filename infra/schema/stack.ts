import { z } from "zod";
import { application, beat, migration, service, worker } from "./application.ts";
import { combinations } from "./combinations.ts";
import * as field from "./fields.ts";
import { edge, host, images, postgres, redis, registries, tls } from "./platform.ts";

/** Pulumi.yaml gives every key that a stack leaves out an empty map. */
function absentWhenEmpty(value: unknown): unknown {
  const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return isEmpty ? undefined : value;
}

/** Everything that a stack's configuration may say. */
export const stackShape = field.section({
  releaseKey: field.text,
  transport: field.choice("pull", "copy").default("pull"),
  host: host.prefault({}),
  images,
  registries: registries.default({}),
  edge,
  tls: z.preprocess(absentWhenEmpty, tls.optional()),
  postgres,
  redis,
  app: application.prefault({}),
  settings: z.record(field.variable, field.setting).default({}),
  secrets: z.record(field.variable, z.string()).default({}),
  services: field.named(service).default({}),
  workers: field.named(worker).default({}),
  beat: beat.prefault({}),
  migration: migration.prefault({}),
});

export type StackSettings = z.infer<typeof stackShape>;

export const stackSchema = stackShape.superRefine(combinations);
