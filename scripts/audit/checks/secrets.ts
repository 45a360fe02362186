import { nameOf } from "../deployed.ts";
import type { Check } from "../finding.ts";
import { healsOf } from "../heal.ts";
import type { RepositoryEvidence } from "../repository-evidence.ts";

/** Secrets that somebody else wrote. Nobody can read one: the plugin looks at when it was written, and no deploy does. */
export const secrets: Check<RepositoryEvidence> = {
  kind: "secret",
  find: ({ environment, deployed, written }) =>
    deployed.secrets.flatMap(({ urn, environment: within, name, writtenAt }) => {
      const at = written.get(urn);
      if (!at || Number.isNaN(writtenAt.valueOf()) || at <= writtenAt) return [];
      return {
        ...{ severity: "drift", what: `${within ? `environment ${within}: ` : ""}secret ${name}` },
        ...{ expected: "as it was deployed", found: `written since, at ${at.toISOString()}` },
        ...{ type: healsOf(environment).redo, redo: [nameOf(urn)] },
      };
    }),
};
