import * as pulumi from "@pulumi/pulumi";
import { hostCommand } from "../components/host-command.ts";
import type { HostParts } from "./host.ts";

export interface ProcessLimit {
  /** Docker's id. */
  container: pulumi.Output<string>;
  maxProcesses: number;
}

/** Limits the processes of the servers, which the Docker plugin has no argument for; the switch does it for a release. */
export function declareProcessLimits(
  { host }: HostParts,
  limits: ProcessLimit[],
): pulumi.Resource[] {
  if (limits.length === 0) return [];
  const command = hostCommand("process-limits", {
    host,
    script: "limit-processes",
    variables: {
      LIMITS: pulumi
        .all(
          limits.map(
            ({ container, maxProcesses }) => pulumi.interpolate`${container} ${maxProcesses}`,
          ),
        )
        .apply((lines) => lines.join("\n")),
    },
  });
  return [command];
}
