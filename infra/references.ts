/** `{postgres.url}` and the like: what a setting or secret may say instead of a value that the stack makes. */
const reference = /\{([a-z]+\.[A-Za-z]+)\}/g;

/** The names that stand in braces in `value`. */
export function referencesIn(value: string): string[] {
  return [...value.matchAll(reference)].map((match) => match[1] as string);
}

/** Puts `values` in the place of the references in `template`. Throws on a name that `values` lacks. */
export function resolveReferences(template: string, values: Record<string, string>): string {
  return template.replaceAll(reference, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`{${name}} is not known`);
    return value;
  });
}

const postgresPublic = ["host", "port", "database", "user", "ownerUser"];
const postgresSecret = ["url", "ownerUrl", "password", "ownerPassword"];
const redisPublic = ["host", "port", "user"];
const redisSecret = ["url", "password"];

/** Which references a stack knows: any may stand in a secret, those in `plain` also in a setting. */
export function knownReferences(has: { postgres: boolean; redis: boolean }) {
  const under = (server: string, names: string[], present: boolean) =>
    present ? names.map((name) => `${server}.${name}`) : [];
  const plain = [
    "stack.name",
    "release.id",
    "edge.url",
    ...under("postgres", postgresPublic, has.postgres),
    ...under("redis", redisPublic, has.redis),
  ];
  const secret = [
    ...under("postgres", postgresSecret, has.postgres),
    ...under("redis", redisSecret, has.redis),
  ];
  return { plain, all: [...plain, ...secret] };
}
