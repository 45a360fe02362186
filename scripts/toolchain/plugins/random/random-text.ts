import { randomInt } from "node:crypto";

const lowerCase = "abcdefghijklmnopqrstuvwxyz";
const upperCase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const digits = "0123456789";
const specialCharacters = "!@#$%&*()-_=+[]{}<>:?";

/** What a random text is made of; counts are in characters. */
export interface TextRules {
  length: number;
  lower: boolean;
  upper: boolean;
  numeric: boolean;
  special: boolean;
  minLower: number;
  minUpper: number;
  minNumeric: number;
  minSpecial: number;
  /** Used in place of the usual special characters; empty means the usual ones. */
  overrideSpecial: string;
}

/** A text in which every place and every character is drawn from a secure source, each with the same chance. */
export function randomText(rules: TextRules): string {
  const special = rules.overrideSpecial || specialCharacters;
  const all =
    (rules.lower ? lowerCase : "") +
    (rules.upper ? upperCase : "") +
    (rules.numeric ? digits : "") +
    (rules.special ? special : "");
  const drawn = [
    ...drawFrom(lowerCase, rules.minLower),
    ...drawFrom(upperCase, rules.minUpper),
    ...drawFrom(digits, rules.minNumeric),
    ...drawFrom(special, rules.minSpecial),
  ];
  return shuffled([...drawn, ...drawFrom(all, rules.length - drawn.length)]).join("");
}

function drawFrom(alphabet: string, count: number): string[] {
  const characters = [...alphabet];
  return Array.from({ length: count }, () => characters[randomInt(characters.length)] as string);
}

/** Fisher-Yates. */
function shuffled(characters: string[]): string[] {
  for (let i = characters.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [characters[i], characters[j]] = [characters[j] as string, characters[i] as string];
  }
  return characters;
}
