import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import type { Access } from "../components/edge-limits.ts";
import type { Settings } from "./settings.ts";

/** What each request pays for is checked for each request: two milliseconds, and far from a guess. */
const bcryptCost = 6;

/** Who may ask an environment for anything. */
export function accessOf({ access }: Settings): Access {
  return { byPassword: Object.keys(access.users).length > 0, addresses: access.addresses };
}

/**
 * Names and password hashes, a line each as Apache's htpasswd writes them. The salt follows from the password and the
 * stack's key, so that the same passwords are the same file.
 */
export function passwordFile({ access, releaseKey }: Settings): pulumi.Output<string> {
  // Few stacks need it, and every program would wait for it to load.
  const bcrypt = createRequire(import.meta.url)("bcryptjs") as typeof import("bcryptjs");
  const lines = Object.entries(access.users).map(([user, password]) => {
    const seed = createHmac("sha256", releaseKey).update(`${user} ${password}`).digest();
    const salt = `$2b$${String(bcryptCost).padStart(2, "0")}$${bcrypt.encodeBase64(seed, 16)}`;
    return `${user}:${bcrypt.hashSync(password, salt)}`;
  });
  return pulumi.secret(`${lines.join("\n")}\n`);
}
