/**
 * `{postgres.url}` and the like: what a setting or secret may say instead of a value that the stack makes. In double
 * braces it is no reference but that text in single ones. Braces around anything else stay as they are, so that JSON may
 * be a value.
 */
const name = "[a-z]+\\.[A-Za-z]+|services\\.[a-z][a-z0-9-]*\\.[a-z]+";
const reference = new RegExp(`\\{(\\{(?:${name})\\})\\}|\\{(${name})\\}`, "g");

/** The names that stand in braces in `value`. */
export function referencesIn(value: string): string[] {
  return [...value.matchAll(reference)].flatMap(([, , name]) => name ?? []);
}

/** Puts `values` in the place of the references in `template`. Throws on a name that `values` lacks. */
export function resolveReferences(template: string, values: Record<string, string>): string {
  return template.replaceAll(reference, (_, text: string | undefined, name: string) => {
    const value = text ?? values[name];
    if (value === undefined) throw new Error(`{${name}} is not known`);
    return value;
  });
}

const postgresPublic = ["host", "port", "database", "user", "ownerUser"];
const postgresSecret = ["url", "ownerUrl", "password", "ownerPassword"];
/** Of the stack's own server: somebody else's has the logins that it has. */
const postgresOwn = ["readOnlyUrl", "backupUrl"];
const redisPublic = ["host", "port", "user"];
const redisSecret = ["url", "password"];

/**
 * Which references a stack knows: any may stand in a secret, those in `plain` also in a setting. `published` are the
 * services that have host names.
 */
export function knownReferences(has: {
  postgres: boolean;
  ownPostgres: boolean;
  redis: boolean;
  published: string[];
}) {
  const under = (server: string, names: string[], present: boolean) =>
    present ? names.map((name) => `${server}.${name}`) : [];
  const plain = [
    "stack.name",
    "release.id",
    "edge.url",
    ...under("postgres", postgresPublic, has.postgres),
    ...under("redis", redisPublic, has.redis),
    ...has.published.map((service) => `services.${service}.url`),
  ];
  const secret = [
    ...under("postgres", postgresSecret, has.postgres),
    ...under("postgres", postgresOwn, has.ownPostgres),
    ...under("redis", redisSecret, has.redis),
  ];
  return { plain, all: [...plain, ...secret] };
}
