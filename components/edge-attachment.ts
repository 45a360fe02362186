import type * as pulumi from "@pulumi/pulumi";
import { addressToAsk, edgeDirectory } from "./edge-files.ts";
import { hostCommand } from "./host-command.ts";
import type { Host } from "./host-script.ts";

export interface EdgeAttachmentArgs {
  host: Host;
  stack: string;
  /** Name of the edge that the environment is reached by. */
  edge: string;
  /** Name of this environment's own edge network. */
  network: string;
  /** Address and ports of the host that the edge listens on. */
  address: string;
  httpPort: number;
  httpsPort: number;
  /** Docker's id of the edge, when this stack owns it. */
  container?: pulumi.Output<string> | undefined;
}

/**
 * Puts the edge on an environment's network, and takes it off again. That of the stack that owns the edge also lets a
 * new container, which does not run yet, take the place of the one before. If it cannot, the one before serves on.
 */
export function edgeAttachment(
  name: string,
  { host, stack, edge, network, container, ...listening }: EdgeAttachmentArgs,
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
        EDGE_ADDRESS: addressToAsk(listening.address),
        HTTP_PORT: String(listening.httpPort),
        EDGE_PORT: String(listening.httpsPort),
        MAX_PROCESSES: "256",
      },
      identity: [edge],
      removes: true,
      survives: true,
    },
    opts,
  );
}
