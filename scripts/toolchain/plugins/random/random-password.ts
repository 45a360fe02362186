import type { CheckedInputs } from "../provider/check-inputs.ts";
import type { Resource } from "../provider/provider.ts";
import type { PropertyMap } from "../provider/values.ts";
import { randomText, type TextRules } from "./random-text.ts";

/** bcrypt's usual cost: each step more doubles the time. */
const bcryptCost = 10;

/** A random text that is not secret. */
export const randomStringResource: Resource = {
  check: checkRules,
  defaults: ruleOutputs,
  async create(inputs) {
    const result = randomText(textRules(inputs));
    return { id: result, outputs: { ...ruleOutputs(inputs), result } };
  },
};

/** A secret random text and its bcrypt hash. */
export const randomPasswordResource: Resource = {
  check: checkRules,
  defaults: ruleOutputs,
  async create(inputs) {
    const { hash } = (await import("bcryptjs")).default;
    const result = randomText(textRules(inputs));
    const bcryptHash = await hash(result, bcryptCost);
    return { id: "none", outputs: { ...ruleOutputs(inputs), bcryptHash, result } };
  },
};

function textRules(inputs: PropertyMap): TextRules {
  const { number, ...rest } = ruleOutputs(inputs);
  return { overrideSpecial: "", ...inputs, ...rest } as unknown as TextRules;
}

/** The rules as they are stored: with their defaults, and `number` as the old name of `numeric`. */
function ruleOutputs(inputs: PropertyMap): PropertyMap {
  const numeric = inputs.numeric ?? inputs.number ?? true;
  return {
    lower: inputs.lower ?? true,
    upper: inputs.upper ?? true,
    special: inputs.special ?? true,
    numeric,
    number: numeric,
    minLower: inputs.minLower ?? 0,
    minUpper: inputs.minUpper ?? 0,
    minNumeric: inputs.minNumeric ?? 0,
    minSpecial: inputs.minSpecial ?? 0,
  };
}

function checkRules(checked: CheckedInputs): CheckedInputs {
  const { inputs, failures } = checked;
  const refuse = (property: string, reason: string) => failures.push({ property, reason });
  const length = inputs.length;
  const minimums = ["minLower", "minUpper", "minNumeric", "minSpecial"];
  const counts = minimums.map((name) => inputs[name]).filter((value) => typeof value === "number");
  const least = counts.reduce((sum, count) => sum + count, 0);
  if (typeof length === "number" && length < Math.max(1, least)) {
    refuse("length", `length must be at least ${Math.max(1, least)}, not ${length}`);
  }
  for (const name of minimums) {
    const count = inputs[name];
    if (typeof count === "number" && count < 0) refuse(name, `${name} must not be negative`);
  }
  if (
    ["lower", "upper", "special"].every((name) => inputs[name] === false) &&
    !usesDigits(inputs)
  ) {
    refuse("length", "at least one of lower, upper, numeric and special must be true");
  }
  const { number, numeric } = inputs;
  if (typeof number === "boolean" && typeof numeric === "boolean" && number !== numeric) {
    refuse("number", "number is the old name of numeric: give only numeric");
  }
  return checked;
}

function usesDigits(inputs: PropertyMap): boolean {
  return (inputs.numeric ?? inputs.number) !== false;
}
