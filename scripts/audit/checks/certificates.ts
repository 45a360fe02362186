import type { Evidence } from "../evidence.ts";
import type { Check, Finding } from "../finding.ts";
import { healsOf } from "../heal.ts";
import type { HostLook } from "../host-look.ts";

/** Below so many days a certificate is one to see after, and below so many it should have been replaced. */
export const warningDays = 21;
export const driftDays = 7;

const day = 24 * 60 * 60 * 1000;

/** How long the certificates are valid that the edge shows for the stack's host names. */
export const certificates: Check = {
  kind: "certificate",
  duringDeploy: true,
  find: (evidence) => certificateFindings(evidence, new Date()),
};

export function certificateFindings(
  { environment, deployed, host }: Evidence,
  now: Date,
): Finding[] {
  const { stack } = environment;
  const content = deployed.scripts.get("switch")?.EDGE_CONTENT ?? "";
  const type = content.includes('"certResolver"')
    ? healsOf(environment).logs("edge")
    : `npm run pulumi -- --stack ${stack} config set --secret --path slipway:tls.key, and tls.certificate, then up`;
  return daysLeft(host, now).flatMap(({ name, days }): Finding[] => {
    const what = `certificate of ${name}`;
    const expected = `valid for ${warningDays} days`;
    if (days === undefined) {
      return [{ severity: "drift", what, expected, found: "the edge shows none", type }];
    }
    if (days >= warningDays) return [];
    const left = Math.floor(Math.abs(days));
    return [
      {
        ...{ severity: days < driftDays ? "drift" : "warning", what, expected, type },
        found: days < 0 ? `ended ${left} days ago` : `ends in ${left} days`,
      },
    ];
  });
}

/** How many days the certificate of each host name is valid; undefined where the edge shows none. */
export function daysLeft({ certificates }: Pick<HostLook, "certificates">, now: Date) {
  return [...certificates].map(([name, end]) => {
    const days = (new Date(end).getTime() - now.getTime()) / day;
    return { name, days: Number.isNaN(days) ? undefined : days };
  });
}
