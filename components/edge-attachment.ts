import type * as pulumi from "@pulumi/pulumi";
import { hostCommand } from "./host-command.ts";
import type { Host } from "./host-script.ts";
import { edgeDirectory } from "./traefik.ts";

export interface EdgeAttachmentArgs {
  host: Host;
  stack: string;
  /** Name of the edge that the environment is reached by. */
  edge: string;
  /** Name of this environment's own edge network. */
  network: string;
  /** Docker's id of the edge, when this stack owns it. */
  container?: pulumi.Output<string> | undefined;
}

/**
 * Puts the edge on an environment's network, and takes it off again. That of the stack that owns the edge also puts a
 * new container on the networks of all that share it.
 */
export function edgeAttachment(
  name: string,
  { host, stack, edge, network, container }: EdgeAttachmentArgs,
  opts?: pulumi.CustomResourceOptions,
): pulumi.Resource {
  return hostCommand(
    name,
    {
      host,
      script: "attach-edge",
      variables: {
        STACK: stack,
        EDGE: `slipway-${edge}`,
        EDGE_CONTAINER: container ?? "",
        EDGE_DIRECTORY: edgeDirectory(edge),
        NETWORK: network,
      },
      identity: [edge],
      removes: true,
    },
    opts,
  );
}
