import * as pulumi from "@pulumi/pulumi";
import { hostCommand } from "./host-command.ts";
import { hostFiles } from "./host-files.ts";
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
  /** Certificate and key in PEM that the edge serves this environment's names with. */
  tls?: { certificate: pulumi.Input<string>; key: pulumi.Input<string> } | undefined;
}

/**
 * Puts the edge on an environment's network, and takes it off again; and gives it the environment's certificate. That
 * of the stack that owns the edge also puts a new container on the networks of all that share it.
 */
export class EdgeAttachment extends pulumi.ComponentResource {
  constructor(name: string, args: EdgeAttachmentArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:EdgeAttachment", name, {}, opts);
    const { host, stack, edge } = args;
    const { tls } = args;
    if (tls) {
      hostFiles(
        `${name}-certificate`,
        {
          host,
          directory: `${edgeDirectory(edge)}/certificates/${stack}`,
          moves: true,
          files: [
            { kind: "directory", path: ".", mode: "0500", owner: "65532:65532" },
            { kind: "file", path: "key.pem", mode: "0400", owner: "65532:65532", content: tls.key },
            {
              kind: "file",
              path: "certificate.pem",
              mode: "0444",
              owner: "65532:65532",
              content: tls.certificate,
            },
          ],
        },
        { parent: this },
      );
    }
    hostCommand(
      `${name}-network`,
      {
        host,
        script: "attach-edge",
        variables: {
          EDGE: `slipway-${edge}`,
          EDGE_CONTAINER: args.container ?? "",
          EDGE_DIRECTORY: edgeDirectory(edge),
          NETWORK: args.network,
        },
        identity: [edge],
        removes: true,
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
