import { daysLeft } from "./checks/certificates.ts";
import type { EngineEvidence } from "./evidence.ts";
import type { Check, Finding } from "./finding.ts";
import type { HostLook } from "./host-look.ts";

/** What came of the checks. */
export interface Audit {
  stack: string;
  findings: (Finding & Pick<Check, "kind">)[];
  /** What was at work meanwhile, in words, if anything was. */
  deploy: string | undefined;
  /** Kinds that were not looked at, since a deploy touches what they are about. */
  leftOut: string[];
  /** For how many days the certificate of each host name is valid; none where the edge shows none. */
  certificates: { name: string; daysLeft: number | null }[];
}

export function auditOf<Seen extends EngineEvidence & { host?: HostLook }>(
  evidence: Seen,
  checks: Check<Seen>[],
): Audit {
  const { deploy, environment, host } = evidence;
  const [made, leftOut] = [true, false].map((isMade) =>
    checks.filter(({ duringDeploy = false }) => (!deploy || duringDeploy) === isMade),
  ) as [Check<Seen>[], Check<Seen>[]];
  const told = new Set<string>();
  const findings = made
    .flatMap((check) => check.find(evidence).map((each) => ({ ...each, kind: check.kind })))
    .filter(({ subject }) => {
      if (subject === undefined) return true;
      const isNew = !told.has(subject);
      told.add(subject);
      return isNew;
    });
  return {
    ...{ stack: environment.stack, findings, deploy, leftOut: leftOut.map(({ kind }) => kind) },
    certificates: (host ? daysLeft(host, new Date()) : []).map(({ name, days }) => ({
      ...{ name, daysLeft: days === undefined ? null : Math.floor(days) },
    })),
  };
}

/** Warnings are no drift. */
export function hasDrift({ findings }: Pick<Audit, "findings">): boolean {
  return findings.some(({ severity }) => severity === "drift");
}
