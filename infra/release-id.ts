import { createHash, createHmac } from "node:crypto";
import type { Environment } from "../components/application-container.ts";
import { beatContainer } from "../components/beat.ts";
import { serviceContainer } from "../components/service.ts";
import { workerContainer } from "../components/worker.ts";
import type { Consumers } from "./consumers.ts";
import { referencesIn } from "./references.ts";
import { startScripts } from "./release-files.ts";
import type { Settings } from "./settings.ts";

/**
 * The id of the release that a configuration describes. It stands for the containers as they would be without it, for
 * what their references mean and for what they read from files; not for the number of replicas.
 */
export function identify(
  settings: Settings,
  environment: Environment,
  { services, workers, beat }: Consumers,
  references: Record<string, string>,
): string {
  const { app, postgres, redis, secrets, migration } = settings;
  const consumers = [...services, ...workers, ...(beat ? [beat] : [])];
  const generations = [postgres, redis].map((server) =>
    server.mode === "own" ? server.passwordGeneration : server,
  );
  return releaseId(
    {
      containers: [
        ...services.map((each) => serviceContainer(environment, each, "", 0)),
        ...workers.map((each) => workerContainer(environment, each, "", 0)),
        ...(beat ? [beatContainer(environment, beat, "")] : []),
      ],
      reads: consumers.map((each) => [each.name, each.secrets]),
      references: withoutUnused(references, settings),
      startScripts,
      probes: Object.values(settings.services).map((service) => service.probes),
      migration: { ...migration, ...unnamed, image: app.image, user: app.user },
    },
    { secrets, generations, migration: migration.secrets },
    settings.releaseKey,
  );
}

/** What a migration brings the database to does not follow from how it is guarded; its secrets go in sealed. */
const unnamed = {
  ...{ secrets: undefined, lockSeconds: undefined, statementSeconds: undefined },
  downtime: undefined,
};

/** A service's address counts where somebody names it: host names by themselves make no new release. */
function withoutUnused(references: Record<string, string>, settings: Settings) {
  const named = referencesIn(JSON.stringify(settings));
  return Object.fromEntries(
    Object.entries(references).filter(
      ([name]) => !name.startsWith("services.") || named.includes(name),
    ),
  );
}

/**
 * The name of a release: eight hex digits of a hash of everything that makes its containers what they are. Secrets
 * go in by an HMAC, since the id shows in names, labels and headers.
 */
export function releaseId(
  specification: unknown,
  secrets: Record<string, unknown>,
  key: string,
): string {
  const seal = createHmac("sha256", key).update(canonical(secrets)).digest("hex");
  return createHash("sha256").update(canonical({ specification, seal })).digest("hex").slice(0, 8);
}

/** JSON whose keys are in order, so that moving a line of the configuration makes no new release. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
