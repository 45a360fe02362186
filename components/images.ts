import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { hostCommand } from "./host-command.ts";
import type { Host } from "./host-script.ts";
import { imageCopy } from "./image-copy.ts";

export interface ImagesArgs {
  host: Host;
  stack: string;
  /** Image references that cannot move: by digest, or the id of an image. */
  references: string[];
  /**
   * `pull`: the host pulls what a registry has, and has all else already. `copy`: what the host lacks comes from the
   * engine of the machine that deploys.
   */
  transport: "pull" | "copy";
}

/** The images that a stack runs are on its host. They stay when the stack no longer names them, for a rollback. */
export class Images extends pulumi.ComponentResource {
  constructor(name: string, args: ImagesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:Images", name, {}, opts);
    const { host, stack, references, transport } = args;
    const pulled = transport === "pull" ? references.filter(isInRegistry) : [];
    for (const reference of pulled) {
      new docker.RemoteImage(
        `${name}-${readable(reference)}`,
        { name: reference, keepLocally: true },
        { parent: this },
      );
    }
    const others = references.filter((reference) => !pulled.includes(reference));
    if (transport === "copy") {
      imageCopy(`${name}-copied`, { host, stack, references: others }, { parent: this });
    } else if (others.length > 0) {
      hostCommand(
        `${name}-present`,
        { host, script: "require-images", variables: { STACK: stack, IMAGES: others.join("\n") } },
        { parent: this },
      );
    }
    this.registerOutputs();
  }
}

/** An id names an image that some engine has; only `name@digest` can be pulled. */
function isInRegistry(reference: string): boolean {
  return reference.includes("@");
}

/** With the whole name: one image may come from two registries. */
function readable(reference: string): string {
  return reference.replace(/@sha256:(.{12}).*/, "-$1");
}
