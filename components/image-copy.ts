import { local } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { copiedImage } from "./copied-image.ts";
import { providerOf } from "./host-command.ts";
import { deployerScript, type Host, runScript } from "./host-script.ts";
import { sshCommand } from "./ssh.ts";

export interface ImageCopyArgs {
  host: Host;
  stack: string;
  references: string[];
}

/**
 * Images come to the host from the engine of the machine that deploys, as far as the host lacks them. What they are
 * called there says `copiedImage`.
 */
export function imageCopy(
  name: string,
  { host, stack, references }: ImageCopyArgs,
  opts?: pulumi.CustomResourceOptions,
): pulumi.Resource {
  // Some hundred megabytes may go through a slow line.
  const copy = runScript("apply", 1800);
  const images = references.map((reference) => `${reference} ${copiedImage(reference)}`);
  const variables = {
    ...{ STACK: stack, TARGET: host.engine, IMAGES: images.join("\n") },
    SHELL_ON_HOST: host.ssh ? sshCommand(host.ssh).join("\n") : "",
  };
  return new local.Command(
    name,
    {
      create: copy,
      update: copy,
      stdin: deployerScript("copy-images", variables),
      logging: "stdout",
      addPreviousOutputInEnv: false,
    },
    { ...providerOf(host), ...opts },
  );
}
