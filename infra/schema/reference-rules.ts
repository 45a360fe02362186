import { knownReferences, referencesIn } from "../references.ts";
import { consumersOf, type Mistake, rule } from "./rule.ts";
import type { StackSettings } from "./stack.ts";

type Makers = Pick<StackSettings, "postgres" | "redis" | "services">;

function known({ postgres, redis, services }: Makers) {
  return knownReferences({
    postgres: postgres.mode !== "none",
    ownPostgres: postgres.mode === "own",
    redis: redis.mode !== "none",
    published: published(services),
  });
}

function published(services: StackSettings["services"]): string[] {
  return Object.keys(services).filter((name) => services[name]?.hosts[0]);
}

function inSettings(path: string[], values: Record<string, string>, makers: Makers): Mistake[] {
  const { plain } = known(makers);
  return Object.entries(values).flatMap(([name, value]) =>
    referencesIn(value)
      .filter((reference) => !plain.includes(reference))
      .map((reference) => ({
        path: [...path, name],
        allowed: `{${reference}} is not known here; known are ${inBraces(plain)}`,
      })),
  );
}

/** Says nothing of what was found: what looks like a reference may be a part of a secret. */
function inSecrets(path: string[], values: Record<string, string>, makers: Makers): Mistake[] {
  const { all } = known(makers);
  return Object.entries(values)
    .filter(([, value]) => referencesIn(value).some((reference) => !all.includes(reference)))
    .map(([name]) => ({
      path: [...path, name],
      allowed: `a text in which no other references stand than ${inBraces(all)}`,
    }));
}

/** Words that Celery or the application reads may stand in braces: only what a setting could refer to is refused. */
function inCommand(
  path: string[],
  command: string[] | undefined,
  services: StackSettings["services"],
): Mistake[] {
  const { all } = knownReferences({
    ...{ postgres: true, ownPostgres: true, redis: true, published: published(services) },
  });
  return [...(command ?? []).entries()]
    .filter(([, word]) => referencesIn(word).some((reference) => all.includes(reference)))
    .map(([index]) => ({
      path: [...path, index],
      allowed:
        "a word without a reference: those stand in settings and secrets, for the command to read",
    }));
}

function inBraces(names: string[]): string {
  return names.map((name) => `{${name}}`).join(", ");
}

/** References to what the stack makes. */
export const referenceRules = [
  rule(["settings", "postgres", "redis", "services"], ({ settings, ...makers }) =>
    inSettings(["settings"], settings, makers),
  ),
  rule(["secrets", "postgres", "redis", "services"], ({ secrets, ...makers }) =>
    inSecrets(["secrets"], secrets, makers),
  ),
  rule(["postgres", "redis", "services"], (makers) =>
    Object.entries(makers.services).flatMap(([name, { settings }]) =>
      inSettings(["services", name, "settings"], settings, makers),
    ),
  ),
  rule(["workers", "postgres", "redis", "services"], ({ workers, ...makers }) =>
    Object.entries(workers).flatMap(([name, { settings }]) =>
      inSettings(["workers", name, "settings"], settings, makers),
    ),
  ),
  rule(["beat", "postgres", "redis", "services"], ({ beat, ...makers }) =>
    inSettings(["beat", "settings"], beat.settings, makers),
  ),
  rule(["migration", "postgres", "redis", "services"], ({ migration, ...makers }) => [
    ...inSettings(["migration", "settings"], migration.settings, makers),
    ...inSecrets(["migration", "secrets"], migration.secrets, makers),
  ]),
  rule(["services", "workers", "beat", "migration"], ({ migration, ...consumers }) => [
    ...consumersOf(consumers).flatMap(([path, { command }]) =>
      inCommand([...path, "command"], command, consumers.services),
    ),
    ...(["command", "pending"] as const).flatMap((key) =>
      inCommand(["migration", key], migration[key], consumers.services),
    ),
  ]),
];
