/** A property as the engine sends it: JSON in which secrets, assets and unknowns are marked objects and strings. */
export type Value = null | boolean | number | string | Value[] | PropertyMap;
export interface PropertyMap {
  [key: string]: Value;
}

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const assetSignatures = ["c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"];

/** Stands for a string that is not known before the deployment runs. */
export const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unknowns = new Set([
  unknownString,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export function isObject(value: Value | undefined): value is PropertyMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isSecret(value: Value | undefined): value is PropertyMap & { value: Value } {
  return isObject(value) && value[signatureKey] === secretSignature;
}

export function isAsset(value: Value | undefined): value is PropertyMap {
  return isObject(value) && assetSignatures.includes(value[signatureKey] as string);
}

export function isUnknown(value: Value | undefined): boolean {
  return typeof value === "string" && unknowns.has(value);
}

/** The value marked as secret; a value that is marked already stays as it is. */
export function secret(value: Value): Value {
  return isSecret(value) ? value : { [signatureKey]: secretSignature, value };
}

/** The value without its own secret mark; marks further inside stay. */
export function unwrapped(value: Value): Value {
  return isSecret(value) ? unwrapped(value.value) : value;
}

/** The value without any secret mark. */
export function plain(value: Value): Value {
  const bare = unwrapped(value);
  if (Array.isArray(bare)) return bare.map(plain);
  return isObject(bare) ? plainMap(bare) : bare;
}

/** The properties without any secret mark. */
export function plainMap(properties: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, plain(value)]));
}

/** Whether anything in the value is still unknown. */
export function containsUnknown(value: Value | undefined): boolean {
  if (Array.isArray(value)) return value.some(containsUnknown);
  if (isObject(value)) return Object.values(value).some(containsUnknown);
  return isUnknown(value);
}

/** Equality as the engine has it: a secret never equals a plain value, and assets are compared by their hash. */
export function deepEquals(left: Value, right: Value): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return (
      left.length === right.length && left.every((item, i) => deepEquals(item, right[i] as Value))
    );
  }
  if (isObject(left) && isObject(right)) {
    if (isAsset(left) && isAsset(right) && left.hash && right.hash) {
      return left.hash === right.hash;
    }
    const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...keys].every((key) => deepEquals(left[key] ?? null, right[key] ?? null));
  }
  return left === right;
}
