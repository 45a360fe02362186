import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import type { Schema, Specification } from "./read-specification.ts";

const prefix = "#/components/schemas/";

/** Turns schemas of OpenAPI 3.0 into validators; each named schema is converted and compiled once, when it is used. */
export class Schemas {
  private readonly named: Record<string, Schema>;
  private readonly known = new Set<string>();
  // GitHub's description has keywords and formats of its own.
  private readonly exact = new Ajv({ strict: false, allErrors: true, logger: false });
  /** What stands in an address is text, whatever it means. */
  private readonly fromText = new Ajv({ strict: false, coerceTypes: "array", logger: false });

  constructor(specification: Specification) {
    this.named = specification.components.schemas as Record<string, Schema>;
    for (const each of [this.exact, this.fromText]) addFormats.default(each);
  }

  /** A validator of JSON bodies. */
  body(schema: Schema): ValidateFunction {
    return this.exact.compile(this.convert(schema));
  }

  /** A validator of parameters, which turns their text into what the schema says. */
  parameters(schema: Schema): ValidateFunction {
    return this.fromText.compile(this.convert(schema));
  }

  /** The schema that a reference names. */
  resolve(schema: Schema): Schema {
    return schema.$ref ? this.resolve(this.named[this.nameOf(schema.$ref)] as Schema) : schema;
  }

  private nameOf(reference: string): string {
    const name = reference.slice(prefix.length);
    if (!reference.startsWith(prefix) || !this.named[name]) throw new Error(`no ${reference}`);
    return name;
  }

  private convert(schema: Schema): Schema {
    if (schema.$ref) {
      const name = this.nameOf(schema.$ref);
      if (!this.known.has(name)) {
        this.known.add(name);
        const converted = this.convert(this.named[name] as Schema);
        for (const each of [this.exact, this.fromText]) each.addSchema(converted, name);
      }
      return { $ref: name };
    }
    const { nullable, ...rest } = schema;
    const plain: Schema = {};
    for (const [keyword, value] of Object.entries(rest))
      plain[keyword] = this.keyword(keyword, value);
    // `nullable` of OpenAPI also stands beside what has no type of its own, which ajv refuses.
    return nullable ? { anyOf: [plain, { type: "null" }] } : plain;
  }

  private keyword(keyword: string, value: unknown): unknown {
    switch (keyword) {
      case "properties":
        return Object.fromEntries(
          Object.entries(value as Record<string, Schema>).map(([name, each]) => [
            name,
            this.convert(each),
          ]),
        );
      case "anyOf":
      case "oneOf":
      case "allOf":
        return (value as Schema[]).map((each) => this.convert(each));
      case "items":
        return this.convert(value as Schema);
      case "additionalProperties":
        return typeof value === "object" ? this.convert(value as Schema) : value;
      default:
        return value;
    }
  }
}
