import { randomBytes } from "node:crypto";
import { docker } from "./throw-away.ts";

/**
 * Makes an image that no other engine and no registry has: the helper's, with a layer of its own. It serves
 * `text` on port 8000 by its own command. Returns the image's id.
 */
export async function smallImage(helper: string, text: string): Promise<string> {
  const name = randomBytes(4).toString("hex");
  const container = `slipway-test-image-${name}`;
  const script = `mkdir -p /srv/www && echo "$1" >/srv/www/index.html && head -c 65536 /dev/urandom >/srv/noise`;
  const words = ["--name", container, "--network", "none", helper, "/bin/sh"];
  await docker("run", ...words, "-euc", script, "make", text);
  try {
    const change = 'CMD ["httpd", "-f", "-p", "8000", "-h", "/srv/www"]';
    return await docker("commit", "--change", change, container, `slipway-test:${name}`);
  } finally {
    await docker("rm", "--force", container);
  }
}

/** Removes images by whatever name they have; those that are gone already are no failure. */
export async function removeImages(...images: string[]): Promise<void> {
  await docker("image", "rm", "--force", ...images).catch(() => {});
}
