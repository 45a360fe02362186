import { labelOf, type Unsettled } from "../deployed.ts";
import type { Check } from "../finding.ts";
import { healsOf } from "../heal.ts";

/** What operations left in the state that did not come to their end. */
export const state: Check = {
  kind: "state",
  find({ environment, deployed }) {
    const { deploy, refresh, recover } = healsOf(environment);
    const said: Record<Unsettled["how"], [found: string, type: string]> = {
      delete: ["still to be deleted", deploy],
      initErrors: ["made, and then failed", refresh],
      pendingReplacement: ["deleted, and not made anew", deploy],
      operation: ["not ended", recover],
    };
    return deployed.unsettled.map(({ urn, how, detail }) => ({
      severity: "drift",
      what: labelOf(urn),
      expected: "settled",
      found: detail ? `${said[how][0]} (${detail})` : said[how][0],
      type: said[how][1],
    }));
  },
};
