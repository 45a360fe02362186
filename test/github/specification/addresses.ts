import type { Schema } from "./read-specification.ts";
import type { Schemas } from "./schemas.ts";

/** Properties that only say where something is, of which GitHub's answers have dozens. */
const isAddress = (name: string) => /(^|_)url$|^(node_id|href|_links|gravatar_id)$/.test(name);

/**
 * Fills in the addresses that a schema requires of an answer and that are missing, by the given one; everything else
 * has to be there.
 */
export function fillAddresses(
  schemas: Schemas,
  given: Schema,
  value: unknown,
  address: string,
): void {
  const schema = schemas.resolve(given);
  const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  if (Array.isArray(value)) {
    const { items } =
      [given, ...alternatives].map((each) => schemas.resolve(each)).find((each) => each.items) ??
      {};
    for (const each of items ? value : []) fillAddresses(schemas, items as Schema, each, address);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const object = value as Record<string, unknown>;
  for (const name of schema.required ?? []) {
    if (name in object || !isAddress(name)) continue;
    object[name] = name === "_links" ? {} : address;
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (name === "_links") fillLinks(schemas, property, object, address);
    if (name in object) fillAddresses(schemas, property, object[name], address);
  }
  for (const each of schema.allOf ?? []) fillAddresses(schemas, each, value, address);
  const fitting = alternatives.find((each) => fits(schemas.resolve(each), object));
  if (fitting) fillAddresses(schemas, fitting, value, address);
}

function fillLinks(
  schemas: Schemas,
  given: Schema,
  object: Record<string, unknown>,
  address: string,
): void {
  const schema = schemas.resolve(given);
  const links = object._links as Record<string, unknown> | undefined;
  for (const name of links ? (schema.required ?? []) : [])
    if (links && !(name in links))
      links[name] =
        schemas.resolve(schema.properties?.[name] ?? {}).type === "object"
          ? { href: address }
          : address;
}

/** Whether an object has all that a schema requires, its addresses aside. */
function fits(schema: Schema, object: Record<string, unknown>): boolean {
  return (
    schema.type !== "null" &&
    schema.type !== "array" &&
    (schema.required ?? []).every((name) => isAddress(name) || name in object) &&
    Object.entries(schema.properties ?? {}).every(
      ([name, { enum: values }]) =>
        !(name in object) || !Array.isArray(values) || values.includes(object[name]),
    )
  );
}
