/** An image as a person tells it from others: `shop@3f2a91c0b1d2`, or the first digits of an id. */
export function shortImage(reference: string): string {
  const [name = "", digest] = reference.split(/@?sha256:/);
  const short = (digest ?? "").slice(0, 12);
  return name ? `${name.split("/").at(-1)}@${short}` : short;
}
