import { z } from "zod";
import { application, beat, migration, secrets, service, settings, worker } from "./application.ts";
import { backups } from "./backups.ts";
import { deploy, promotion, refresh } from "./deploy.ts";
import * as field from "./fields.ts";
import { http } from "./http.ts";
import { consumerName } from "./names.ts";
import { access, edge, host, images, postgres, redis, registries, tls } from "./platform.ts";
import { choice, map, section } from "./shapes.ts";

/** Pulumi.yaml gives every key that a stack leaves out an empty map. */
function absentWhenEmpty(value: unknown): unknown {
  const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return isEmpty ? undefined : value;
}

/** Everything that a stack's configuration may say. */
export const stackShape = section({
  releaseKey: field.releaseKey,
  transport: choice("pull", "copy").default("pull"),
  host: host.prefault({}),
  images,
  registries: registries.default({}),
  edge,
  access: access.prefault({}),
  http: http.prefault({}),
  tls: z.preprocess(absentWhenEmpty, tls.optional()),
  postgres,
  backups: backups.prefault({}),
  redis,
  app: application.prefault({}),
  settings: settings.default({}),
  secrets: secrets.default({}),
  services: map(consumerName, service, "a map from names to services").default({}),
  workers: map(consumerName, worker, "a map from names to workers").default({}),
  beat: beat.prefault({}),
  migration: migration.prefault({}),
  deploy: deploy.prefault({}),
  promotion: z.preprocess(absentWhenEmpty, promotion.optional()),
  refresh: z.preprocess(absentWhenEmpty, refresh.optional()),
});

export type StackSettings = z.infer<typeof stackShape>;
