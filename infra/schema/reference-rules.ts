import { knownReferences, referencesIn } from "../references.ts";
import { consumersOf, type Mistake, rule } from "./rule.ts";

type Servers = { postgres: { mode: string }; redis: { mode: string } };

function known({ postgres, redis }: Servers) {
  return knownReferences({ postgres: postgres.mode !== "none", redis: redis.mode !== "none" });
}

function inSettings(path: string[], values: Record<string, string>, servers: Servers): Mistake[] {
  const { plain } = known(servers);
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
function inSecrets(path: string[], values: Record<string, string>, servers: Servers): Mistake[] {
  const { all } = known(servers);
  return Object.entries(values)
    .filter(([, value]) => referencesIn(value).some((reference) => !all.includes(reference)))
    .map(([name]) => ({
      path: [...path, name],
      allowed: `a text in which no other references stand than ${inBraces(all)}`,
    }));
}

/** Words that Celery or the application reads may stand in braces: only what a setting could refer to is refused. */
function inCommand(path: string[], command: string[] = []): Mistake[] {
  const { all } = knownReferences({ postgres: true, redis: true });
  return [...command.entries()]
    .filter(([, word]) => referencesIn(word).some((reference) => all.includes(reference)))
    .map(([index]) => ({
      path: [...path, "command", index],
      allowed:
        "a word without a reference: those stand in settings and secrets, for the command to read",
    }));
}

function inBraces(names: string[]): string {
  return names.map((name) => `{${name}}`).join(", ");
}

/** References to what the stack makes. */
export const referenceRules = [
  rule(["settings", "postgres", "redis"], ({ settings, ...servers }) =>
    inSettings(["settings"], settings, servers),
  ),
  rule(["secrets", "postgres", "redis"], ({ secrets, ...servers }) =>
    inSecrets(["secrets"], secrets, servers),
  ),
  rule(["services", "postgres", "redis"], ({ services, ...servers }) =>
    Object.entries(services).flatMap(([name, { settings }]) =>
      inSettings(["services", name, "settings"], settings, servers),
    ),
  ),
  rule(["workers", "postgres", "redis"], ({ workers, ...servers }) =>
    Object.entries(workers).flatMap(([name, { settings }]) =>
      inSettings(["workers", name, "settings"], settings, servers),
    ),
  ),
  rule(["beat", "postgres", "redis"], ({ beat, ...servers }) =>
    inSettings(["beat", "settings"], beat.settings, servers),
  ),
  rule(["migration", "postgres", "redis"], ({ migration, ...servers }) => [
    ...inSettings(["migration", "settings"], migration.settings, servers),
    ...inSecrets(["migration", "secrets"], migration.secrets, servers),
  ]),
  rule(["services", "workers", "beat", "migration"], ({ migration, ...consumers }) => [
    ...consumersOf(consumers).flatMap(([path, { command }]) => inCommand(path, command)),
    ...inCommand(["migration"], migration.command),
  ]),
];
