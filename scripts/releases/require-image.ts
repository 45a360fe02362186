import { execa } from "execa";
import { copiedImage } from "../../components/copied-image.ts";
import { against } from "../engine.ts";
import type { DeployedEnvironment } from "../environment.ts";
import { Failure } from "../failure.ts";

/**
 * Fails when a deploy could not run an image: the host has it no more, and it cannot come there. Whether a registry
 * still has one shows when it is pulled, with the stack's own login.
 */
export async function requireImage(
  reference: string,
  environment: Pick<DeployedEnvironment, "engine" | "ssh" | "transport">,
): Promise<void> {
  const onHost = async (image: string) =>
    !(await against(environment)("docker", lookFor(image), { reject: false })).failed;
  if (await onHost(reference)) return;
  if (environment.transport === "pull") {
    if (reference.includes("@")) return;
    throw new Failure(
      `the host has no image ${reference} any more, and an id cannot be pulled; bring it there again, for example with docker load`,
    );
  }
  if (await onHost(copiedImage(reference))) return;
  if (!(await execa("docker", lookFor(reference), { reject: false })).failed) return;
  throw new Failure(
    `neither the host nor the Docker engine of this machine has the image ${reference} any more; build, pull or load it on this machine`,
  );
}

function lookFor(image: string): string[] {
  return ["image", "inspect", image];
}
