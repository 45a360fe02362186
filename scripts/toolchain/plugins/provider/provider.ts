import type { CheckedInputs } from "./check-inputs.ts";
import type { Operation } from "./operation.ts";
import type { PackageSpec } from "./package-spec.ts";
import type { PropertyMap } from "./values.ts";

export interface Provider {
  spec: PackageSpec;
  /** By type token; the same tokens as in `spec.resources`. */
  resources: Record<string, Resource>;
  /** By function token; the same tokens as in `spec.functions`. */
  functions?: Record<string, (inputs: PropertyMap, operation: Operation) => Promise<PropertyMap>>;
}

/**
 * What a resource type does. Inputs and state arrive without secret marks. The new state is the inputs with
 * their marks, and over them the outputs that are returned here; those that the schema calls secret are marked.
 */
export interface Resource {
  /** Refuses more than the schema can say. */
  check?(checked: CheckedInputs): CheckedInputs;
  /** Outputs that are known before the resource is created. */
  defaults?(inputs: PropertyMap): PropertyMap;
  create(inputs: PropertyMap, operation: Operation): Promise<Created>;
  /** Without it every change replaces the resource. Returns the outputs that change. */
  update?(inputs: PropertyMap, state: PropertyMap, operation: Operation): Promise<PropertyMap>;
  delete?(state: PropertyMap, operation: Operation): Promise<void>;
}

export interface Created {
  id: string;
  outputs: PropertyMap;
}
