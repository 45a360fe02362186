import type { Column } from "./columns.ts";
import type { Rule } from "./rules.ts";

interface Mask {
  kinds: Column["kind"][];
  /** How many characters a value has at most. */
  length: number;
  /** To how many it may be cut. Defaults to all of them. */
  least?: number;
  /** What a text becomes, as SQL of its `digest`, which is another one for every value. */
  expression: string;
}

const texts: Column["kind"][] = ["text", "citext"];
const hex = (bytes: number, from = 0) => `encode(substr(digest, ${from + 1}, ${bytes}), 'hex')`;
const byte = (at: number) => `get_byte(digest, ${at})`;
const pick = (names: string, at: number) =>
  `(string_to_array('${names}', ' '))[1 + ${byte(at)} % 16]`;

const given = "Ada Ben Cleo Dana Emil Fay Gus Hana Ida Jon Kim Leo Mia Noah Olga Paul";
const family =
  "Adams Bauer Costa Duval Evans Fuchs Garcia Holm Ito Jansen Klein Lopez Meyer Novak Owens Patel";

/**
 * Each keeps apart what is apart, and gives the same for the same. A mail goes to a domain that takes none and that
 * applications accept as one; the country code +999 is nobody's.
 */
export const masks: Record<Exclude<Rule, object | "keep" | "null">, Mask> = {
  name: {
    ...{ kinds: texts, length: 24 },
    expression: `${pick(given, 0)} || ' ' || ${pick(family, 1)} || ' ' || ${hex(6, 2)}`,
  },
  mail: { kinds: texts, length: 28, expression: `${hex(8)} || '@example.com'` },
  phone: {
    ...{ kinds: texts, length: 15 },
    expression: `'+999' || lpad((('x' || ${hex(7)})::bit(56)::bigint % 100000000000)::text, 11, '0')`,
  },
  address: {
    ...{ kinds: texts, length: 31 },
    expression: `(1 + ${byte(0)} % 200)::text || ' Example Street ' || ${hex(6, 1)}`,
  },
  token: {
    ...{ kinds: [...texts, "uuid", "bytea"], length: 32, least: 16 },
    expression: hex(16),
  },
  text: { kinds: texts, length: 21, expression: `'Text ' || ${hex(8)}` },
};

/** Rules that fit a column. */
export function fittingRules({ kind, limit, isRequired }: Column): string[] {
  const room = limit ?? Number.POSITIVE_INFINITY;
  const fitting = Object.entries(masks)
    .filter(([, mask]) => mask.kinds.includes(kind) && (mask.least ?? mask.length) <= room)
    .map(([word]) => word);
  return ["keep", ...(isRequired ? [] : ["null"]), ...fitting, "a map with the key value"];
}
