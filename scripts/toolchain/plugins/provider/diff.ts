import { deepEquals, isAsset, isObject, isSecret, type PropertyMap, type Value } from "./values.ts";

export type ChangeKind = "add" | "delete" | "update";

/**
 * What differs between two sets of inputs, by property path (`environment.PATH`, `triggers[1]`).
 * A null counts as absent; `version` and names that begin with two underscores belong to the engine.
 */
export function changedPaths(old: PropertyMap, next: PropertyMap): Map<string, ChangeKind> {
  const changes = new Map<string, ChangeKind>();
  collectMap("", withoutEngineKeys(old), withoutEngineKeys(next), changes);
  return changes;
}

function withoutEngineKeys(properties: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(properties).filter(([key]) => key !== "version" && !key.startsWith("__")),
  );
}

function collectMap(
  path: string,
  old: PropertyMap,
  next: PropertyMap,
  changes: Map<string, ChangeKind>,
): void {
  for (const key of new Set([...Object.keys(old), ...Object.keys(next)])) {
    collect(memberPath(path, key), old[key] ?? null, next[key] ?? null, changes);
  }
}

function collect(path: string, old: Value, next: Value, changes: Map<string, ChangeKind>): void {
  if (old === null || next === null) {
    if (old !== next) changes.set(path, old === null ? "add" : "delete");
  } else if (Array.isArray(old) && Array.isArray(next)) {
    for (let i = 0; i < Math.max(old.length, next.length); i++) {
      collect(`${path}[${i}]`, old[i] ?? null, next[i] ?? null, changes);
    }
  } else if (isPlainObject(old) && isPlainObject(next)) {
    collectMap(path, old, next, changes);
  } else if (!deepEquals(old, next)) {
    changes.set(path, "update");
  }
}

function isPlainObject(value: Value): value is PropertyMap {
  return isObject(value) && !isSecret(value) && !isAsset(value);
}

function memberPath(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** The top-level property that a path lies in. */
export function rootProperty(path: string): string {
  return /^[^.[]+/.exec(path)?.[0] ?? path;
}
