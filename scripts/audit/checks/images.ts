import type { Check } from "../finding.ts";
import { healsOf } from "../heal.ts";

/** Images that the environment ran once, which neither a release nor the way back to one needs. */
export const images: Check = {
  kind: "image",
  find({ environment, host }) {
    const { onHost } = healsOf(environment);
    return host.unneededImages.map(({ id, names }) => ({
      ...{ severity: "drift", what: `image ${names[0] ?? id}`, expected: "removed" },
      found: "kept by no release, nor for a rollback",
      type: onHost(`docker image rm ${names.length > 0 ? names.join(" ") : id}`),
    }));
  },
};
