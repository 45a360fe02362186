import type { Check, Finding } from "../finding.ts";
import { healsOf } from "../heal.ts";

/** The networks that scripts made. */
export const networks: Check = {
  kind: "network",
  find({ environment, deployed, host }) {
    const { scripts } = deployed;
    const made = scripts.get("networks") ?? {};
    const wanted = [
      { name: made.DATA_NETWORK, isInternal: true, by: "networks" },
      { name: made.EDGE_NETWORK, isInternal: false, by: "networks" },
      { name: made.OFFSITE_NETWORK, isInternal: false, by: "networks" },
      { name: scripts.get("edge-network")?.NETWORK, isInternal: false, by: "edge-network" },
    ];
    const { redo, onHost } = healsOf(environment);
    return wanted.flatMap(({ name, isInternal, by }): Finding[] => {
      if (!name) return [];
      const found = host.networks.find(({ Name }) => Name === name);
      const what = `network ${name}`;
      if (!found) {
        return [
          { severity: "drift", what, expected: "there", found: "gone", type: redo, redo: [by] },
        ];
      }
      const isOwn = found.Labels?.["slipway.stack"] === environment.stack;
      if (isOwn && found.Internal === isInternal) return [];
      return [
        {
          severity: "drift",
          what,
          expected: isInternal ? "without a way out" : "with a way out",
          found: isOwn ? "the other way" : "made by somebody else",
          type: `${onHost(`docker network rm ${name}`)}, then ${redo}`,
          redo: [by],
        },
      ];
    });
  },
};
