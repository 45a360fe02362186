import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { hostCommand } from "./host-command.ts";
import type { Host } from "./host-script.ts";

export interface ImagesArgs {
  host: Host;
  /** Image references that cannot move: by digest, or the id of an image. */
  references: string[];
  /** `pull`: the host pulls from the registry. `copy`: images are brought to the host before the deploy. */
  transport: "pull" | "copy";
}

/** The images that a stack runs are on its host. They stay when the stack no longer names them, for a rollback. */
export class Images extends pulumi.ComponentResource {
  constructor(name: string, args: ImagesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:Images", name, {}, opts);
    const pulled = args.transport === "pull" ? args.references.filter(isInRegistry) : [];
    for (const reference of pulled) {
      new docker.RemoteImage(
        `${name}-${shortDigest(reference)}`,
        { name: reference, keepLocally: true },
        { parent: this },
      );
    }
    const present = args.references.filter((reference) => !pulled.includes(reference));
    if (present.length > 0) {
      hostCommand(
        `${name}-present`,
        { host: args.host, script: "require-images", variables: { IMAGES: present.join("\n") } },
        { parent: this },
      );
    }
    this.registerOutputs();
  }
}

/** An id names an image that some host has; only `name@digest` can be pulled. */
function isInRegistry(reference: string): boolean {
  return reference.includes("@");
}

function shortDigest(reference: string): string {
  return reference.slice(reference.indexOf("sha256:") + 7).slice(0, 12);
}
