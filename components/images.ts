import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { copiedImage } from "./copied-image.ts";
import { hostCommand } from "./host-command.ts";
import type { Host } from "./host-script.ts";
import { imageCopy } from "./image-copy.ts";

export interface RequiredImage {
  /** One that cannot move: by digest, or the id of an image. */
  reference: string;
  /** What has to be in it: paths, and names of what is found by its PATH. */
  programs: string[];
}

export interface ImagesArgs {
  host: Host;
  stack: string;
  images: RequiredImage[];
  /**
   * `pull`: the host pulls what a registry has, and has all else already. `copy`: what the host lacks comes from the
   * engine of the machine that deploys.
   */
  transport: "pull" | "copy";
}

/**
 * The images that a stack runs are on its host, made for it, and have what their containers start by. The engine leaves
 * them there when the stack no longer names them, for a rollback.
 */
export class Images extends pulumi.ComponentResource {
  constructor(name: string, args: ImagesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:index:Images", name, {}, opts);
    const { host, stack, images, transport } = args;
    const references = images.map(({ reference }) => reference);
    const brought =
      transport === "copy"
        ? [imageCopy(`${name}-copied`, { host, stack, references }, { parent: this })]
        : references
            .filter(isInRegistry)
            .map(
              (reference) =>
                new docker.RemoteImage(
                  `${name}-${readable(reference)}`,
                  { name: reference, keepLocally: true },
                  { parent: this },
                ),
            );
    const onHost = transport === "copy" ? copiedImage : (reference: string) => reference;
    const lines = images.map(({ reference, programs }) =>
      [onHost(reference), reference, ...programs].join(" "),
    );
    hostCommand(
      `${name}-checked`,
      { host, script: "check-images", variables: { STACK: stack, IMAGES: lines.join("\n") } },
      { parent: this, dependsOn: brought },
    );
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
