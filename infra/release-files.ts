import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { engineDirectory, type HostDirectory, type HostFile } from "../components/host-files.ts";
import type { Consumers } from "./consumers.ts";
import { passwordGenerations } from "./environment-files.ts";
import { resolveReferences } from "./references.ts";
import { type ConfiguredImages, releaseDescription } from "./release-description.ts";
import type { Settings } from "./settings.ts";

const containerScripts = ["start.sh", "probe.sh", "pending-alembic.py"];

/** The scripts that start and probe the application's containers, by file name. */
export const startScripts: Record<string, string> = Object.fromEntries(
  containerScripts.map((name) => [
    name,
    readFileSync(new URL(`../scripts/container/${name}`, import.meta.url), "utf8"),
  ]),
);

/**
 * The files of a release on its host: what scripts have to know of it, the start scripts, and the secrets of each
 * consumer in a directory of its own.
 */
export function releaseFiles(
  settings: Settings,
  { services, workers, beat }: Consumers,
  references: pulumi.Output<Record<string, string>>,
  images: ConfiguredImages,
): (HostDirectory | HostFile)[] {
  const { app, secrets, migration } = settings;
  const secretFiles = (directory: string, owner: string, templates: Record<string, string>) => [
    { kind: "directory" as const, path: `secrets/${directory}`, mode: "0500", owner },
    ...Object.entries(templates).map(([name, template]) => ({
      kind: "file" as const,
      path: `secrets/${directory}/${name}`,
      mode: "0400",
      owner,
      content: pulumi.secret(references.apply((values) => resolveReferences(template, values))),
    })),
  ];
  const pick = (names: string[]) =>
    Object.fromEntries(names.map((name) => [name, secrets[name] as string]));
  return [
    { kind: "directory", path: ".", mode: "0755", owner: "0:0" },
    {
      ...{ kind: "file", path: "generations", mode: "0444", owner: "0:0" },
      content: passwordGenerations(settings),
    },
    {
      ...{ kind: "file", path: "description", mode: "0444", owner: "0:0" },
      content: releaseDescription(settings, images),
    },
    { kind: "directory", path: "bin", mode: "0755", owner: "0:0" },
    ...Object.entries(startScripts).map(([name, content]) => ({
      kind: "file" as const,
      path: `bin/${name}`,
      mode: "0444",
      owner: "0:0",
      content,
    })),
    // The migration leaves a mark there, which the other containers wait for.
    ...(migration.enabled ? [engineDirectory("bin/migrated")] : []),
    { kind: "directory", path: "secrets", mode: "0711", owner: "0:0" },
    ...[...services, ...workers, ...(beat ? [beat] : [])].flatMap((each) =>
      secretFiles(each.name, each.user, pick(each.secrets)),
    ),
    ...(migration.enabled
      ? secretFiles("migration", app.user, { ...secrets, ...migration.secrets })
      : []),
  ];
}
