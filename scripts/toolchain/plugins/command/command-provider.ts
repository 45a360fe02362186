import { cancelOperations, isOperating } from "../provider/operation.ts";
import type { Provider } from "../provider/provider.ts";
import { commandResource } from "./command-resource.ts";
import { commandSpec } from "./command-spec.ts";
import { runLocally } from "./run-locally.ts";

/** Pulumi's command provider: commands on this machine, and over SSH on another. */
export const commandProvider: Provider = {
  spec: commandSpec,
  resources: {
    "command:local:Command": commandResource(runLocally),
    "command:remote:Command": commandResource(async (...args) => {
      // Loading SSH takes as long as the rest of the start, and a local stack never needs it.
      const { runRemotely } = await import("./run-remotely.ts");
      return runRemotely(...args);
    }),
  },
  functions: {
    "command:local:run": async (inputs, operation) => ({
      ...inputs,
      ...(await runLocally(inputs.command as string, inputs, {}, operation)),
    }),
  },
};

// The engine ends a plugin by SIGINT and kills it five seconds later: commands get the time to end in order.
process.on("SIGINT", () => {
  cancelOperations();
  if (!isOperating()) process.exit(0);
  setInterval(() => isOperating() || process.exit(0), 50);
});
