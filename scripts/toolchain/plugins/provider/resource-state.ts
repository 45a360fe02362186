import type { ResourceSpec } from "./package-spec.ts";
import { containsUnknown, deepEquals, type PropertyMap, secret, unknownString } from "./values.ts";

/** The state after a create or update. */
export function resourceState(
  spec: ResourceSpec,
  inputs: PropertyMap,
  outputs: PropertyMap,
): PropertyMap {
  const marked = Object.entries(outputs).map(([name, value]) => [
    name,
    spec.properties[name]?.secret ? secret(value) : value,
  ]);
  return { ...withoutEngineKeys(inputs), ...Object.fromEntries(marked) };
}

/** The state that a preview of a creation shows: what only the creation can tell is unknown. */
export function plannedCreation(
  spec: ResourceSpec,
  inputs: PropertyMap,
  defaults: PropertyMap,
): PropertyMap {
  const planned = { ...resourceState(spec, inputs, {}), ...defaults };
  for (const name of spec.required) planned[name] ??= unknownString;
  return planned;
}

/** The state that a preview of an update shows: outputs are unknown once an input is, or differs from the state. */
export function plannedUpdate(
  spec: ResourceSpec,
  inputs: PropertyMap,
  state: PropertyMap,
): PropertyMap {
  const outputs = Object.keys(spec.properties).filter((name) => !(name in spec.inputProperties));
  const changed = Object.keys(spec.inputProperties).some(
    (name) =>
      containsUnknown(inputs[name]) ||
      (name in state && !deepEquals(inputs[name] ?? null, state[name] ?? null)),
  );
  const planned = withoutEngineKeys(inputs);
  for (const name of outputs) {
    if (!(name in state)) continue;
    planned[name] = changed ? unknownString : (state[name] ?? null);
  }
  return planned;
}

function withoutEngineKeys(properties: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !key.startsWith("__")));
}
