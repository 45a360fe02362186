import { localStack } from "../../workspace.ts";
import type { Evidence } from "../evidence.ts";
import type { Check, Finding } from "../finding.ts";
import { healsOf } from "../heal.ts";
import type { HostLook } from "../host-look.ts";
import { edgeContainer } from "../look-at-host.ts";

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

export function certificateFindings(evidence: Evidence, now: Date): Finding[] {
  const { host } = evidence;
  const type = renewal(evidence);
  // Else that is what is wrong, and has been told.
  const isReached = host.routes === "same" && edgeContainer(evidence)?.State.Status === "running";
  return daysLeft(host, now).flatMap(({ name, days }): Finding[] => {
    const what = `certificate of ${name}`;
    const expected = `valid for ${warningDays} days`;
    if (days === undefined && !isReached) return [];
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

function renewal({ environment, deployed }: Evidence): string {
  const { stack } = environment;
  const { deploy, logs } = healsOf(environment);
  const content = deployed.scripts.get("switch")?.EDGE_CONTENT ?? "";
  // The edge renews it by itself, or says why it does not.
  if (content.includes('"certResolver"')) return logs("edge");
  if (stack === localStack) return "npm run quickstart";
  const set = (key: string, file: string) =>
    `npm run pulumi -- config set ${key === "key" ? "--secret " : ""}--path slipway:tls.${key} --stack ${stack} <${file}.pem`;
  return [set("certificate", "certificate"), set("key", "key"), deploy].join(", then ");
}

/** How many days the certificate of each host name is valid; undefined where the edge shows none. */
export function daysLeft({ certificates }: Pick<HostLook, "certificates">, now: Date) {
  return [...certificates].map(([name, end]) => {
    const days = (new Date(end).getTime() - now.getTime()) / day;
    return { name, days: Number.isNaN(days) ? undefined : days };
  });
}
