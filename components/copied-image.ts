/**
 * What the host calls an image that was copied there. An id stays; `name@sha256:…` becomes a tag of that digest, since
 * most engines forget a registry's digest on the way, and containers are made of names that are known beforehand.
 */
export function copiedImage(reference: string): string {
  const [, digest] = reference.split("@sha256:");
  return digest === undefined ? reference : `slipway-copied:${digest}`;
}
