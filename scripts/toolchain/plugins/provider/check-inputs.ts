import type { EnumSpec, ObjectSpec, PackageSpec, PropertySpec, TypeSpec } from "./package-spec.ts";
import {
  isAsset,
  isObject,
  isUnknown,
  type PropertyMap,
  secret,
  unwrapped,
  type Value,
} from "./values.ts";

export interface CheckFailure {
  property: string;
  reason: string;
}

export interface CheckedInputs {
  inputs: PropertyMap;
  failures: CheckFailure[];
}

/** Checks inputs against the package's schema, fills in defaults and marks what the schema calls secret. */
export function checkInputs(
  spec: PackageSpec,
  properties: Record<string, PropertySpec>,
  required: string[],
  inputs: PropertyMap,
): CheckedInputs {
  const failures: CheckFailure[] = [];
  const checked = checkObject(spec, { type: "object", properties, required }, inputs, "", failures);
  return { inputs: checked, failures };
}

function checkObject(
  spec: PackageSpec,
  shape: ObjectSpec,
  given: PropertyMap,
  path: string,
  failures: CheckFailure[],
): PropertyMap {
  const checked: PropertyMap = {};
  for (const [name, value] of Object.entries(given)) {
    const property = shape.properties[name];
    if (property) {
      if (value === null) continue;
      const walked = checkValue(spec, property, value, path + name, failures);
      checked[name] = property.secret ? secret(walked) : walked;
    } else if (name === "version" || name.startsWith("__")) {
      checked[name] = value;
    } else {
      failures.push({ property: path + name, reason: `Unrecognized field '${path}${name}'` });
    }
  }
  for (const [name, property] of Object.entries(shape.properties)) {
    if (name in checked) continue;
    if (property.default !== undefined) checked[name] = property.default;
    else if (shape.required?.includes(name)) {
      failures.push({ property: path + name, reason: `Missing required field '${path}${name}'` });
    }
  }
  return checked;
}

/** Returns the value with defaults and secret marks put in; a mark on the value itself is kept. */
function checkValue(
  spec: PackageSpec,
  type: TypeSpec,
  value: Value,
  path: string,
  failures: CheckFailure[],
): Value {
  const bare = unwrapped(value);
  if (isUnknown(bare)) return value;
  const keepMark = (walked: Value) => (bare === value ? walked : secret(walked));
  const refuse = (expected: string) => {
    failures.push({ property: path, reason: `Field '${path}' must be ${expected}` });
    return value;
  };

  if (type.$ref === "pulumi.json#/Any") return value;
  if (type.$ref?.startsWith("pulumi.json#/")) return isAsset(bare) ? value : refuse("an asset");
  if (type.$ref) {
    const named = spec.types?.[type.$ref.replace("#/types/", "")] as ObjectSpec | EnumSpec;
    if ("enum" in named) {
      const allowed = named.enum.map((item) => item.value);
      return allowed.includes(bare as string) ? value : refuse(`one of ${allowed.join(", ")}`);
    }
    if (!isObject(bare)) return refuse("an object");
    return keepMark(checkObject(spec, named, bare, `${path}.`, failures));
  }
  switch (type.type) {
    case "array":
      if (!Array.isArray(bare)) return refuse("a list");
      return keepMark(
        bare.map((item, i) =>
          checkValue(spec, type.items as TypeSpec, item, `${path}[${i}]`, failures),
        ),
      );
    case "object":
      if (!isObject(bare) || isAsset(bare)) return refuse("a map");
      return keepMark(
        Object.fromEntries(
          Object.entries<Value>(bare).map(([key, item]) => [
            key,
            checkValue(
              spec,
              type.additionalProperties as TypeSpec,
              item,
              `${path}.${key}`,
              failures,
            ),
          ]),
        ),
      );
    case "integer":
      return Number.isInteger(bare) ? value : refuse("a whole number");
    default:
      return typeof bare === type.type ? value : refuse(`a ${type.type}`);
  }
}
