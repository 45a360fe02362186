import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { hostCommand } from "./host-command.ts";
import type { Host } from "./host-script.ts";

export interface AppVolumesArgs {
  host: Host;
  /** Names of the volumes. */
  volumes: string[];
  /** Numeric `user:group` of the application. */
  owner: string;
}

/** The application's own files: volumes that outlive the stack, and that the application's user may write. */
export class AppVolumes extends pulumi.ComponentResource {
  constructor(name: string, args: AppVolumesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:AppVolumes", name, {}, opts);
    const volumes = args.volumes.map(
      (volume) =>
        new docker.Volume(
          `${name}-${volume}`,
          { name: volume },
          { parent: this, retainOnDelete: true },
        ),
    );
    if (volumes.length > 0) {
      hostCommand(
        `${name}-owner`,
        {
          host: args.host,
          script: "own-volumes",
          variables: {
            OWNER: args.owner,
            VOLUMES: pulumi.all(volumes.map((each) => each.name)).apply((names) => names.join(" ")),
          },
        },
        { parent: this },
      );
    }
    this.registerOutputs();
  }
}
