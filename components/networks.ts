import type * as pulumi from "@pulumi/pulumi";
import { hostCommand } from "./host-command.ts";
import type { Host } from "./host-script.ts";

export interface NetworksArgs {
  host: Host;
  stack: string;
  /** Name of the network of the servers of data, which has no way out. */
  data: string;
  /** Name of the network by which the edge reaches the environment. */
  edge: string;
  /** Name of the one by which backups leave the host, if they do. */
  offsite?: string | undefined;
}

/** An environment's networks. By a script, since the Docker plugin sleeps two seconds for each one that it makes. */
export function networks(
  name: string,
  { host, stack, data, edge, offsite = "" }: NetworksArgs,
  opts?: pulumi.CustomResourceOptions,
): pulumi.Resource {
  return hostCommand(
    name,
    {
      host,
      script: "networks",
      variables: { STACK: stack, DATA_NETWORK: data, EDGE_NETWORK: edge, OFFSITE_NETWORK: offsite },
      removes: true,
    },
    opts,
  );
}
