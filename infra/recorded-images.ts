import * as pulumi from "@pulumi/pulumi";
import pRetry from "p-retry";
import type { ConfiguredImages } from "./release-description.ts";

const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");

/**
 * The images that run, as the stack's own state has them in its output `images`: what the last switch that succeeded
 * brought. None before the first one. The back-end is asked while the rest of this program loads.
 */
export const recordedImages: Promise<ConfiguredImages> = pRetry(
  () => pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name }),
  // The engine writes the same state at these moments, and a back-end of files empties its attributes before it fills them.
  { retries: 9, minTimeout: 5, shouldRetry: ({ error }) => /checkpoint: EOF/.test(String(error)) },
).then(({ outputs }) => outputs?.images ?? {});
