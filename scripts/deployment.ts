/** A stack's resources, and what was begun and not ended, as `pulumi stack export` writes them. */
export interface Deployment {
  resources?: StateResource[];
  pending_operations?: { type: string; resource: { urn: string } }[];
}

export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  // biome-ignore lint/suspicious/noExplicitAny: resources of every type
  inputs?: Record<string, any>;
  // biome-ignore lint/suspicious/noExplicitAny: resources of every type
  outputs?: Record<string, any>;
  delete?: boolean;
  initErrors?: string[];
  pendingReplacement?: boolean;
}

/** A value of a state with each secret in it as what it is. */
export function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== "object" || value === null) return value;
  const { plaintext } = value as { plaintext?: unknown };
  if (secretMark in value && typeof plaintext === "string") return JSON.parse(plaintext);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, opened(each)]));
}

/** By this key the engine knows values that are not plain ones. */
const secretMark = "4dabf18193072939515e22adb298388d";
