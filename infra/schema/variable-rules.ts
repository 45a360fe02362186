import { consumersOf, type Mistake, rule } from "./rule.ts";

const allowed = "a name that is not among its secrets as well";

/** A name is a setting or a secret: where both become environment variables, one would hide the other. */
export const variableRules = [
  rule(["settings", "secrets"], ({ settings, secrets }) =>
    both(settings, secrets).map((name) => ({
      path: ["settings", name],
      allowed,
      example: "remove",
    })),
  ),
  rule(["secrets", "services", "workers", "beat"], ({ secrets, ...consumers }) =>
    consumersOf(consumers).flatMap(([path, { settings, secrets: own, image }]) => {
      const given = own ?? (image ? [] : Object.keys(secrets));
      return Object.keys(settings)
        .filter((name) => given.includes(name))
        .map(
          (name): Mistake => ({ path: [...path, "settings", name], allowed, example: "remove" }),
        );
    }),
  ),
  rule(["settings", "secrets", "migration"], ({ settings, secrets, migration }) => [
    ...both(migration.settings, { ...secrets, ...migration.secrets }).map(
      (name): Mistake => ({ path: ["migration", "settings", name], allowed, example: "remove" }),
    ),
    ...both(migration.secrets, settings).map(
      (name): Mistake => ({
        path: ["migration", "secrets", name],
        allowed: "a name that is not among the settings as well",
        example: "remove",
      }),
    ),
  ]),
];

function both(one: object, other: object): string[] {
  return Object.keys(one).filter((name) => Object.hasOwn(other, name));
}
