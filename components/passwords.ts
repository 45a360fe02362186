import { createHmac } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";

/** Generations of passwords that a server takes at a time: the one before works on, so that two releases can log in. */
export function validGenerations(generation: number): number[] {
  return generation > 1 ? [generation - 1, generation] : [generation];
}

/** The password for a purpose, such as `postgres app 1`: 64 hex digits. */
export type Passwords = (purpose: string) => pulumi.Output<string>;

/**
 * One random secret, and an HMAC of it for each purpose: no password tells another, and one that is asked for again,
 * as that of an earlier generation, is what it was. The secret is made with the first password.
 */
export function passwords(name: string, opts?: pulumi.CustomResourceOptions): Passwords {
  let random: RandomPassword | undefined;
  return (purpose) => {
    random ??= new RandomPassword(name, { length: 48, special: false }, opts);
    return random.result.apply((secret) =>
      createHmac("sha256", secret).update(purpose).digest("hex"),
    );
  };
}
