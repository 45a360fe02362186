import { createHash, createHmac } from "node:crypto";

/**
 * The name of a release: eight hex digits of a hash of everything that makes its containers what they are. Secrets
 * go in by an HMAC, since the id shows in names, labels and headers.
 */
export function releaseId(
  specification: unknown,
  secrets: Record<string, unknown>,
  key: string,
): string {
  const seal = createHmac("sha256", key).update(canonical(secrets)).digest("hex");
  return createHash("sha256").update(canonical({ specification, seal })).digest("hex").slice(0, 8);
}

/** JSON whose keys are in order, so that moving a line of the configuration makes no new release. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
