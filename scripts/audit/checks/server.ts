import type { Check } from "../finding.ts";

/** What `prepare-host` sees to and anybody may look at: timers, and what they run. */
export const server: Check = {
  kind: "server",
  duringDeploy: true,
  find: ({ environment: { stack, ssh }, host }) =>
    host.prepared
      .filter(({ isSo }) => !isSo)
      .map(({ what }) => ({
        ...{ severity: "drift", what, expected: "as prepare-host makes it", found: "not so" },
        type: `npm run prepare-host -- --stack ${stack} root@${ssh?.address}`,
      })),
};
