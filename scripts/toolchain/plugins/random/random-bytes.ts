import { randomBytes } from "node:crypto";
import type { Resource } from "../provider/provider.ts";

/** Secret random bytes. */
export const randomBytesResource: Resource = {
  check: (checked) => atLeastOne(checked, "length"),
  async create(inputs) {
    const bytes = randomBytes(inputs.length as number);
    const base64 = bytes.toString("base64");
    return { id: base64, outputs: { base64, hex: bytes.toString("hex") } };
  },
};

/** Random bytes for names: not secret. */
export const randomIdResource: Resource = {
  check: (checked) => atLeastOne(checked, "byteLength"),
  async create(inputs) {
    const bytes = randomBytes(inputs.byteLength as number);
    const id = bytes.toString("base64url");
    const prefix = (inputs.prefix as string | undefined) ?? "";
    const encodings = {
      b64Std: bytes.toString("base64"),
      b64Url: id,
      dec: BigInt(`0x${bytes.toString("hex")}`).toString(),
      hex: bytes.toString("hex"),
    };
    const prefixed = Object.entries(encodings).map(([name, text]) => [name, prefix + text]);
    return { id, outputs: Object.fromEntries(prefixed) };
  },
};

function atLeastOne(
  checked: Parameters<NonNullable<Resource["check"]>>[0],
  property: string,
): typeof checked {
  const value = checked.inputs[property];
  if (typeof value === "number" && value < 1) {
    checked.failures.push({ property, reason: `${property} must be at least 1, not ${value}` });
  }
  return checked;
}
