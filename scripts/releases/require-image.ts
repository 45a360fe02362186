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
  { engine, transport }: Pick<DeployedEnvironment, "engine" | "transport">,
): Promise<void> {
  const isThere = async (run: typeof execa, name: string) =>
    !(await run("docker", ["image", "inspect", name], { reject: false })).failed;
  const host = against({ engine }) as typeof execa;
  if (await isThere(host, reference)) return;
  if (transport === "pull") {
    if (reference.includes("@")) return;
    throw new Failure(
      `the host has no image ${reference} any more, and an id cannot be pulled; bring it there again, for example with: docker load`,
    );
  }
  if (await isThere(host, copiedImage(reference))) return;
  if (await isThere(execa, reference)) return;
  throw new Failure(
    `neither the host nor the Docker engine of this machine has the image ${reference} any more; build, pull or load it on this machine`,
  );
}
