import { expect, test } from "vitest";
import { randomText, type TextRules } from "../../scripts/toolchain/plugins/random/random-text.ts";

const rules: TextRules = {
  length: 8,
  lower: true,
  upper: true,
  numeric: true,
  special: true,
  minLower: 0,
  minUpper: 0,
  minNumeric: 0,
  minSpecial: 0,
  overrideSpecial: "",
};

test("each character comes as often as any other", () => {
  const digits = { ...rules, lower: false, upper: false, special: false, length: 100_000 };
  const counts = new Map<string, number>();
  for (const digit of randomText(digits)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  expect([...counts.keys()].sort().join("")).toBe("0123456789");
  const expected = digits.length / 10;
  const chiSquare = [...counts.values()].reduce(
    (sum, n) => sum + (n - expected) ** 2 / expected,
    0,
  );
  // Nine degrees of freedom: a fair source exceeds 50 about once in ten million runs.
  expect(chiSquare).toBeLessThan(50);
});

test("the characters that are asked for stand at any place", () => {
  const oneDigit = { ...rules, upper: false, special: false, numeric: false, minNumeric: 1 };
  const places = new Array<number>(rules.length).fill(0);
  for (let i = 0; i < 8000; i++) {
    const place = randomText(oneDigit).search(/[0-9]/);
    places[place] = (places[place] ?? 0) + 1;
  }
  const chiSquare = places.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
  // Seven degrees of freedom.
  expect(chiSquare).toBeLessThan(46);
});

test("the usual special characters are those of the official plugin", () => {
  const special = { ...rules, lower: false, upper: false, numeric: false, length: 5000 };
  expect([...new Set(randomText(special))].sort()).toEqual([..."!@#$%&*()-_=+[]{}<>:?"].sort());
});
