import type { Value } from "./values.ts";

/** The parts of Pulumi's package schema that these providers use; GetSchema prints them as they are. */
export interface PackageSpec {
  name: string;
  version: string;
  description: string;
  types?: Record<string, ObjectSpec | EnumSpec>;
  resources: Record<string, ResourceSpec>;
  functions?: Record<string, FunctionSpec>;
}

export interface ResourceSpec {
  description: string;
  inputProperties: Record<string, PropertySpec>;
  requiredInputs?: string[];
  properties: Record<string, PropertySpec>;
  required: string[];
}

export interface FunctionSpec {
  description: string;
  inputs: ObjectSpec;
  outputs: ObjectSpec;
}

export interface ObjectSpec {
  type: "object";
  description?: string;
  properties: Record<string, PropertySpec>;
  required?: string[];
}

export interface EnumSpec {
  type: "string";
  enum: { value: string; description?: string }[];
}

export interface TypeSpec {
  type?: "string" | "boolean" | "integer" | "number" | "array" | "object";
  /** `#/types/TOKEN`, or `pulumi.json#/Any`, `/Asset`, `/Archive`. */
  $ref?: string;
  items?: TypeSpec;
  additionalProperties?: TypeSpec;
}

export interface PropertySpec extends TypeSpec {
  description?: string;
  /** Filled in when the program gives nothing. */
  default?: Value;
  secret?: boolean;
  replaceOnChanges?: boolean;
  deprecationMessage?: string;
}
