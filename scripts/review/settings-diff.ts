/** A setting that differs between two versions of a stack's file. */
export interface SettingChange {
  /** As `pulumi config --path` takes it. */
  key: string;
  /** Undefined where the key is not there. A secret is told by that word alone. */
  from: string | undefined;
  to: string | undefined;
}

const secret = "a secret";

/** Every setting that is another one, by its key; a secret that was encrypted anew may be the same text. */
export function settingChanges(from: unknown, to: unknown): SettingChange[] {
  const [before, after] = [flat(from), flat(to)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => before.get(key)?.raw !== after.get(key)?.raw)
    .sort()
    .map((key) => ({ key, from: before.get(key)?.shown, to: after.get(key)?.shown }));
}

/** One line of Markdown. */
export function describeSetting({ key, from, to }: SettingChange): string {
  if (from === undefined) return `\`${key}\`: ${to} (new)`;
  if (to === undefined) return `\`${key}\`: ${from} (taken out)`;
  return from === secret && to === secret
    ? `\`${key}\`: another secret`
    : `\`${key}\`: ${from} → ${to}`;
}

interface Leaf {
  raw: string;
  shown: string;
}

function flat(value: unknown, key = "", found = new Map<string, Leaf>()): Map<string, Leaf> {
  if (typeof value !== "object" || value === null) {
    if (key) found.set(key, { raw: JSON.stringify(value), shown: `\`${JSON.stringify(value)}\`` });
  } else if ("secure" in value) {
    found.set(key, { raw: JSON.stringify(value), shown: secret });
  } else {
    for (const [name, each] of Object.entries(value)) {
      const part = Array.isArray(value)
        ? `[${name}]`
        : /^[\w:-]+$/.test(name)
          ? `.${name}`
          : `["${name}"]`;
      flat(each, key ? `${key}${part}` : name, found);
    }
  }
  return found;
}
