import * as pulumi from "@pulumi/pulumi";
import type { ConfiguredImages } from "./release-description.ts";

const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");

/**
 * The images that run, as the stack's own state has them in its output `images`: what the last switch that succeeded
 * brought. None before the first one. The back-end is asked while the rest of this program loads.
 */
export const recordedImages: Promise<ConfiguredImages> = readOutputs()
  .catch(readAgain)
  .then(({ outputs }) => outputs?.images ?? {});

function readOutputs() {
  return pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
}

/**
 * The engine writes the same state at these moments, and a back-end of files empties its attributes before it fills
 * them: no other failure is asked about again.
 */
async function readAgain(failure: unknown): ReturnType<typeof readOutputs> {
  const isHalfWritten = (error: unknown) => /checkpoint: EOF/.test(String(error));
  if (!isHalfWritten(failure)) throw failure;
  const { default: pRetry } = await import("p-retry");
  const shouldRetry = ({ error }: { error: Error }) => isHalfWritten(error);
  return pRetry(readOutputs, { retries: 9, minTimeout: 5, shouldRetry });
}
