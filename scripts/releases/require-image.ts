import { execa } from "execa";
import { copiedImage } from "../../components/copied-image.ts";
import type { DeployedEnvironment } from "../environment.ts";
import { Failure } from "../failure.ts";

/**
 * Fails when a deploy could not run an image: the host has it no more, and it cannot come there. Whether a registry
 * still has one shows when it is pulled, with the stack's own login.
 */
export async function requireImage(
  reference: string,
  { engine, transport }: Pick<DeployedEnvironment, "engine" | "transport">,
): Promise<void> {
  if (await isOn(engine, reference)) return;
  if (transport === "pull") {
    if (reference.includes("@")) return;
    throw new Failure(
      `the host has no image ${reference} any more, and an id cannot be pulled; bring it there again, for example with docker load`,
    );
  }
  if (await isOn(engine, copiedImage(reference))) return;
  if (await isOn(undefined, reference)) return;
  throw new Failure(
    `neither the host nor the Docker engine of this machine has the image ${reference} any more; build, pull or load it on this machine`,
  );
}

/** Without an engine, the one of this machine. */
async function isOn(engine: string | undefined, image: string): Promise<boolean> {
  const env = engine === undefined ? {} : { DOCKER_HOST: engine };
  const look = await execa("docker", ["image", "inspect", image], { env, reject: false });
  return !look.failed;
}
