import { z } from "zod";

/** What to type for a value that is allowed; `remove` when the key has to go. */
export type Example =
  | "remove"
  | {
      value: string;
      /** The key under the refused one that the value belongs to, for lists and maps. */
      under?: string;
      /** As `pulumi config set --type` takes it, where it would store a text by itself. */
      type?: "float";
    }
  | { file: string };

const examples = new Map<string, Example>();

/** What mends a mistake whose message is `allowed`. */
export function exampleFor(allowed: string): Example | undefined {
  return examples.get(allowed);
}

/** Gives a schema the one sentence that says what is allowed and a value that would be accepted. */
export function field<Schema extends z.ZodType>(
  make: (error: string) => Schema,
  allowed: string,
  example: string | Example,
): Schema {
  examples.set(
    allowed,
    typeof example === "string" && example !== "remove" ? { value: example } : example,
  );
  return make(allowed);
}

/** A map whose keys are all known; an unknown one is refused with the list of known ones. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = `a map with the keys ${Object.keys(shape).join(", ")}`;
  return field((error) => z.strictObject(shape, error), known, "remove");
}

/** Says of a map of several shapes that its key `mode` is one of `words`, and of that key alone the same. */
export function modes(...words: [string, ...string[]]) {
  const allowed = `one of ${words.join(", ")}`;
  const whole = `a map whose key mode is ${allowed}`;
  examples.set(allowed, { value: words[0] });
  examples.set(whole, { value: words[0], under: ".mode" });
  return {
    error: ({ code }: { code?: string }) => (code === "invalid_union" ? allowed : whole),
  };
}

/** A map from names of one kind to values of one kind. */
export function map<Key extends z.ZodType<string, string>, Value extends z.ZodType>(
  keys: Key,
  values: Value,
  allowed: string,
) {
  return field((error) => z.record(keys, values, error), allowed, "remove");
}

/** A list of `least` items or more in which nothing stands twice. */
export function list<Item extends z.ZodType<string>>(
  item: Item,
  allowed: string,
  example: string,
  least = 0,
) {
  return field(
    (error) =>
      z
        .array(item, error)
        .min(least, error)
        .superRefine((items, context) => {
          for (const [index, each] of items.entries()) {
            if (items.indexOf(each) < index) {
              const params = { example: "remove" };
              const message = "something that does not stand in the list already";
              context.addIssue({ code: "custom", path: [index], message, params });
            }
          }
        }),
    allowed,
    { value: example, under: "[0]" },
  );
}

/** One of a few words. */
export function choice<const Words extends readonly [string, ...string[]]>(...words: Words) {
  return field((error) => z.enum(words, error), `one of ${words.join(", ")}`, words[0]);
}

/** A text of one form, for `field`. */
export function pattern(expression: RegExp) {
  return (error: string) => z.string(error).regex(expression, error);
}
