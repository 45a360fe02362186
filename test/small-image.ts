import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { docker } from "./throw-away.ts";

/**
 * Makes an image that no other engine and no registry has: the helper's, with a layer of its own. It serves
 * `text` on port 8000 by its own command, and on /cgi-bin/headers the headers that it was sent. Returns the image's id.
 */
export async function smallImage(helper: string, text: string): Promise<string> {
  const name = randomBytes(4).toString("hex");
  const container = `slipway-test-image-${name}`;
  const script = `mkdir -p /srv/www/cgi-bin && echo "$1" >/srv/www/index.html
    printf '#!/bin/sh\\necho; env | grep ^HTTP_' >/srv/www/cgi-bin/headers
    chmod +x /srv/www/cgi-bin/headers
    head -c 65536 /dev/urandom >/srv/noise`;
  const words = ["--name", container, "--network", "none", helper, "/bin/sh"];
  await docker("run", ...words, "-euc", script, "make", text);
  try {
    const change = 'CMD ["httpd", "-f", "-p", "8000", "-h", "/srv/www"]';
    return await docker("commit", "--change", change, container, `slipway-test:${name}`);
  } finally {
    await docker("rm", "--force", container);
  }
}

/** Makes an image of nothing but some files, by `docker import` and its flags. Returns its id; it has no name. */
export async function bareImage(files: string[] = [], ...flags: string[]): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), "slipway-image-"));
  try {
    for (const file of [...files, "noise"]) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), root, { mode: 0o755 });
    }
    const words = ["--create", "--directory", root, "."];
    const { stdout: input } = await execa("tar", words, { encoding: "buffer" });
    return (await execa("docker", ["image", "import", ...flags, "-"], { input })).stdout;
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** Removes images by whatever name they have; those that are gone already are no failure. */
export async function removeImages(...images: string[]): Promise<void> {
  await docker("image", "rm", "--force", ...images).catch(() => {});
}
