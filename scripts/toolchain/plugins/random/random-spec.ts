import type { PackageSpec, PropertySpec } from "../provider/package-spec.ts";

const keepers: PropertySpec = {
  type: "object",
  additionalProperties: { type: "string" },
  description: "Any change here makes a new value.",
};
const count = (description: string): PropertySpec => ({ type: "integer", description });
const flag = (description: string): PropertySpec => ({ type: "boolean", description });
const text = (description: string): PropertySpec => ({ type: "string", description });

const textInputs: Record<string, PropertySpec> = {
  keepers,
  length: count("Characters in the result, at least 1."),
  lower: flag("Use lower case letters. Defaults to true."),
  minLower: count("Least number of lower case letters. Defaults to 0."),
  minNumeric: count("Least number of digits. Defaults to 0."),
  minSpecial: count("Least number of special characters. Defaults to 0."),
  minUpper: count("Least number of upper case letters. Defaults to 0."),
  number: { ...flag("Use digits. Defaults to true."), deprecationMessage: "Use numeric." },
  numeric: flag("Use digits. Defaults to true."),
  overrideSpecial: text("The special characters to use in place of the usual ones."),
  special: flag("Use special characters. Defaults to true."),
  upper: flag("Use upper case letters. Defaults to true."),
};
const textOutputs = Object.keys(textInputs).filter(
  (name) => name !== "keepers" && name !== "overrideSpecial",
);

/** The part of the schema of @pulumi/random that this plugin serves. */
export const randomSpec: PackageSpec = {
  name: "random",
  version: "4.21.1",
  description: "Random values that are made once and kept in the state.",
  resources: {
    "random:index/randomBytes:RandomBytes": {
      description: "Secret random bytes.",
      inputProperties: { keepers, length: count("Number of bytes, at least 1.") },
      requiredInputs: ["length"],
      properties: {
        base64: { ...text("The bytes in base64."), secret: true },
        hex: { ...text("The bytes in lower case hexadecimal."), secret: true },
        keepers,
        length: count("Number of bytes."),
      },
      required: ["base64", "hex", "length"],
    },
    "random:index/randomId:RandomId": {
      description: "Random bytes for names. They are not secret.",
      inputProperties: {
        byteLength: count("Number of bytes, at least 1."),
        keepers,
        prefix: text("Stands before each of the outputs."),
      },
      requiredInputs: ["byteLength"],
      properties: {
        b64Std: text("The bytes in base64."),
        b64Url: text("The bytes in base64 for URLs, without padding."),
        byteLength: count("Number of bytes."),
        dec: text("The bytes as one decimal number."),
        hex: text("The bytes in lower case hexadecimal."),
        keepers,
        prefix: text("Stands before each of the outputs."),
      },
      required: ["b64Std", "b64Url", "byteLength", "dec", "hex"],
    },
    "random:index/randomPassword:RandomPassword": {
      description: "A secret random text.",
      inputProperties: textInputs,
      requiredInputs: ["length"],
      properties: {
        ...textInputs,
        bcryptHash: { ...text("bcrypt hash of the result."), secret: true },
        result: { ...text("The text."), secret: true },
      },
      required: ["bcryptHash", ...textOutputs, "result"],
    },
    "random:index/randomString:RandomString": {
      description: "A random text. It is not secret.",
      inputProperties: textInputs,
      requiredInputs: ["length"],
      properties: { ...textInputs, result: text("The text.") },
      required: [...textOutputs, "result"],
    },
  },
};
