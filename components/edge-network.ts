import type * as pulumi from "@pulumi/pulumi";
import { hostCommand } from "./host-command.ts";
import type { Host } from "./host-script.ts";

export interface EdgeNetworkArgs {
  host: Host;
  stack: string;
  /** Name of the edge. */
  edge: string;
  /** Whether the edge is reached by IPv6 as well. */
  ipv6: boolean;
}

/** The network that the edge is reached and reaches the internet by, and that nothing else is on. */
export function edgeNetwork(
  name: string,
  { host, stack, edge, ipv6 }: EdgeNetworkArgs,
  opts?: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const network = edgeNetworkName(edge, ipv6);
  return hostCommand(
    name,
    {
      ...{ host, script: "edge-network", identity: [network], removes: true },
      variables: { STACK: stack, NETWORK: network, DUAL_STACK: ipv6 ? "yes" : "" },
    },
    opts,
  );
}

/**
 * Docker publishes a container's ports on the first of its networks by name, and anew, cutting off every connection, as
 * soon as it joins or leaves one that is the first. This one is it before those of all environments: the name of a stack
 * begins with a letter. Docker gives no network that is there already addresses of IPv6, so with these it is another one.
 */
export function edgeNetworkName(edge: string, ipv6: boolean): string {
  return `slipway-0-${edge}${ipv6 ? "-ipv6" : ""}`;
}
