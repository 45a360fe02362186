import { labelOf, type Unsettled } from "../deployed.ts";
import type { EngineEvidence } from "../evidence.ts";
import type { Check, Finding } from "../finding.ts";
import { healsOf } from "../heal.ts";

/** What operations left in the state that did not come to their end. */
export const state: Check<EngineEvidence> = {
  kind: "state",
  find({ environment, deployed, locks }) {
    const { deploy, refresh, recover } = healsOf(environment);
    const said: Record<Unsettled["how"], [found: string, type: string]> = {
      delete: ["still to be deleted", deploy],
      initErrors: ["made, and then failed", refresh],
      pendingReplacement: ["deleted, and not made anew", deploy],
      operation: ["not ended", recover],
    };
    return [
      ...deployed.unsettled.map(({ urn, how, detail }): Finding => {
        const [found, type] = said[how];
        return {
          ...{ severity: "drift", what: labelOf(urn), expected: "settled", type },
          found: detail ? `${found} (${detail})` : found,
        };
      }),
      ...locks.map(({ user, machine, pid, since }): Finding => {
        const found = `left by process ${pid} of ${user}@${machine}, dead, from ${since.toISOString()}`;
        return { severity: "drift", what: "lock", expected: "none", found, type: recover };
      }),
    ];
  },
};
