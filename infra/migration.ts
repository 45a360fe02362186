import type * as pulumi from "@pulumi/pulumi";
import { migration, migrationHeads } from "../components/migration.ts";
import type { HostParts } from "./host.ts";
import { headsCommand, pendingCommand } from "./pending-command.ts";
import type { Settings } from "./settings.ts";

interface Release {
  release: string;
  /** Puts values in the place of references. */
  resolve: (values: Record<string, string>) => Record<string, string>;
  /** How long its containers may take to stop: so long may those that serve now, as far as anybody knows. */
  stopSeconds: number;
}

/** What brings the database to a release's schema; nothing, when the application has no migration. */
export function declareMigration(
  settings: Settings,
  { host, environment, images }: HostParts,
  { release, resolve, stopSeconds }: Release,
  dependsOn: pulumi.Resource[],
): pulumi.Resource[] {
  const { migration: chosen, app, postgres, backups, redis, edge, services } = settings;
  if (!chosen.enabled) return [];
  const { command, timeoutSeconds, downtime } = chosen;
  const of = { host, image: app.image as string, user: app.user, memoryMegabytes: 256 };
  const database = postgres.mode === "own" ? postgres.database : undefined;
  const headsBy = database && headsCommand(chosen);
  const heads = headsBy
    ? migrationHeads(
        "migration-heads",
        { ...of, stack: settings.stack, command: headsBy },
        { dependsOn: images },
      )
    : "";
  return [
    migration(
      "migration",
      {
        ...of,
        ...{ environment, release, command, timeoutSeconds, downtime },
        ...{ stopSeconds, heads, database, archives: backups.enabled },
        pending: pendingCommand(chosen) as string[],
        settings: resolve({ ...settings.settings, ...chosen.settings }),
        redis: redis.mode,
        readySeconds: readySeconds(settings),
        page: {
          ...{ edge: edge.name, address: edge.address, httpsPort: edge.httpsPort },
          hosts: Object.values(services).flatMap(({ hosts }) => hosts),
        },
      },
      { dependsOn },
    ),
  ];
}

/** How long services may take until they are ready on a copy of the database. */
export function readySeconds({ services }: Settings): number {
  return Math.max(60, ...Object.values(services).map((each) => each.probes.timeoutSeconds));
}
