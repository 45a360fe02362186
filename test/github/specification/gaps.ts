import type { Operation } from "./read-specification.ts";

/**
 * Where GitHub's description of itself is behind GitHub, by operation: the one place that widens it, each with what
 * shows it.
 */
const gaps: Record<string, (operation: Operation) => void> = {
  // GitHub's Go client and the Terraform provider always send it; no property may stand there that is not described.
  "repos/create-or-update-environment": ({ requestBody }) => {
    const properties = requestBody?.content["application/json"]?.schema?.properties;
    if (properties) properties.can_admins_bypass = { type: "boolean", nullable: true };
  },
};

/** Widens the description of an operation by what it lacks. */
export function closeGaps(operation: Operation): Operation {
  gaps[operation.operationId]?.(operation);
  return operation;
}
