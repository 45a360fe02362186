import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "./application-container.ts";
import { hostCommand } from "./host-command.ts";
import type { Host } from "./host-script.ts";

export interface ReleaseGuardArgs {
  host: Host;
  environment: Environment;
  release: string;
  /** Its services and the ports that they listen on. */
  services: { name: string; port: number }[];
  /** How long connections to its services may last. */
  drainSeconds: number;
  /** How long its containers may take to stop after that, all in all. */
  stopSeconds: number;
}

/**
 * Stands between a release's containers and their deletion: refuses while the edge's traffic goes to this release,
 * and otherwise waits for its connections and stops its containers in the right order. Has to depend on all of them, so that it is deleted first.
 */
export function releaseGuard(
  name: string,
  { host, environment, release, services, drainSeconds, stopSeconds }: ReleaseGuardArgs,
  opts?: pulumi.CustomResourceOptions,
): pulumi.Resource {
  return hostCommand(
    name,
    {
      host,
      script: "retire-release",
      variables: {
        STACK: environment.stack,
        RELEASE: release,
        PORTS: services.map(({ name, port }) => `${name} ${port}`).join("\n"),
        DRAIN_SECONDS: String(drainSeconds),
      },
      timeoutSeconds: drainSeconds + stopSeconds + 60,
      removes: true,
    },
    opts,
  );
}
