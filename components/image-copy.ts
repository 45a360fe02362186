import { local } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { deployerScript, type Host, runScript } from "./host-script.ts";

export interface ImageCopyArgs {
  host: Host;
  references: string[];
}

/** Images come to the host from the engine of the machine that deploys, as far as the host lacks them. */
export function imageCopy(
  name: string,
  { host, references }: ImageCopyArgs,
  opts?: pulumi.CustomResourceOptions,
): pulumi.Resource {
  // Some hundred megabytes may go through a slow line.
  const copy = runScript("apply", 1800);
  const variables = { TARGET: host.engine, IMAGES: references.join("\n") };
  return new local.Command(
    name,
    {
      create: copy,
      update: copy,
      stdin: deployerScript("copy-images", variables),
      logging: "stdout",
      addPreviousOutputInEnv: false,
    },
    opts,
  );
}
