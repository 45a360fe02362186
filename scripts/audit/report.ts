import { type Audit, hasDrift } from "./audit.ts";

/** What people read: a line for each finding, under its kind. */
export function reportText(audit: Audit, seconds: number): string {
  const { stack, findings, deploy, leftOut, certificates } = audit;
  const took = `${seconds.toFixed(1)} s`;
  const lines = [...Map.groupBy(findings, ({ kind }) => kind)].flatMap(([kind, found]) => [
    kind,
    ...found.map(
      ({ severity, what, expected, found, type }) =>
        `  ${severity === "warning" ? "warning: " : ""}${what}: expected ${expected}, found ${found}; type: ${type}`,
    ),
  ]);
  const valid = certificates.map(({ name, daysLeft }) => `${name} ${daysLeft ?? "none"}`);
  const count = findings.length;
  const sum =
    count === 0
      ? "all is as it was deployed"
      : count === 1
        ? "1 thing is not as it should be"
        : `${count} things are not as they should be`;
  return [
    `${stack}: ${sum} (${took})`,
    ...lines,
    ...(valid.length > 0 ? [`days that certificates are valid: ${valid.join(", ")}`] : []),
    ...(deploy ? [`${deploy} was at work: ${leftOut.join(", ")} were not looked at`] : []),
  ].join("\n");
}

/** What programs read; docs/operations.md says what it means. */
export function reportJson(audit: Audit, seconds: number, at: Date): string {
  const { stack, findings, deploy, leftOut, certificates } = audit;
  return JSON.stringify(
    {
      ...{ stack, at: at.toISOString(), seconds: Number(seconds.toFixed(1)) },
      ...{ drift: hasDrift(audit), deploy: deploy ?? null, leftOut, certificates },
      findings: findings.map(({ kind, severity, what, expected, found, type }) => ({
        ...{ kind, severity, what, expected, found, type },
      })),
    },
    null,
    2,
  );
}
