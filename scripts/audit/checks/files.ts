import { fileDrift, wantedEntries } from "../file-drift.ts";
import type { Check } from "../finding.ts";
import { healsOf } from "../heal.ts";

/** Secrets, certificates and all else that containers read from the host: text, owner and mode as they were deployed. */
export const files: Check = {
  kind: "file",
  find({ environment, deployed, host }) {
    const { redo, onHost } = healsOf(environment);
    return [...deployed.scripts].flatMap(([name, { DIRECTORY, FILES }]) => {
      if (!DIRECTORY || !FILES) return [];
      const wanted = wantedEntries(DIRECTORY, FILES, host.engineGroup);
      return fileDrift(wanted, host.entries).map(({ path, expected, found }) => ({
        severity: "drift",
        what: `file ${path}`,
        expected,
        found,
        ...(expected === "not there"
          ? { type: onHost(`sudo rm -r '${environment.directory}/${path}'`) }
          : { type: redo, redo: [name] }),
      }));
    });
  },
};
