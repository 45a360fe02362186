import type { ValidateFunction } from "ajv";
import { fillAddresses } from "./addresses.ts";
import { closeGaps } from "./gaps.ts";
import type { Operation, Parameter, Schema, Specification } from "./read-specification.ts";
import type { Schemas } from "./schemas.ts";

const json = "application/json";

/** One operation of GitHub's description, and whether a request and an answer keep to it. */
export class Contract {
  readonly method: string;
  /** Such as `/repos/{owner}/{repo}`. */
  readonly path: string;
  private readonly operation: Operation;
  private readonly specification: Specification;
  private readonly schemas: Schemas;
  private readonly validators = new Map<string, ValidateFunction>();

  constructor(specification: Specification, schemas: Schemas, method: string, path: string) {
    this.method = method.toUpperCase();
    this.path = path;
    this.specification = specification;
    this.schemas = schemas;
    this.operation = closeGaps(specification.paths[path]?.[method] as Operation);
  }

  /** What is wrong with a request; undefined when nothing is. Turns parameters into the types that they have. */
  requestProblem(
    parameters: Record<"path" | "query", Record<string, unknown>>,
    body: unknown,
  ): string | undefined {
    for (const place of ["path", "query"] as const) {
      const validate = this.validator(place, () => this.schemas.parameters(this.parameters(place)));
      if (!validate(parameters[place])) return describe(place, validate);
    }
    const described = this.resolve(this.operation.requestBody);
    const schema = described?.content[json]?.schema;
    if (!schema || (body === undefined && !described?.required)) return undefined;
    const validate = this.validator("body", () => this.schemas.body(schema));
    return validate(body) ? undefined : describe("body", validate);
  }

  /** Fills the addresses of an answer and says what is wrong with it. */
  answerProblem(status: number, body: unknown, address: string): string | undefined {
    const described = this.resolve(this.operation.responses[status]);
    if (!described) return `${this.operation.operationId} never answers ${status}`;
    const schema = described.content?.[json]?.schema;
    if (!schema) return body === undefined ? undefined : `${status} has no body`;
    fillAddresses(this.schemas, schema, body, address);
    const validate = this.validator(String(status), () => this.schemas.body(schema));
    return validate(body) ? undefined : describe(`answer ${status}`, validate);
  }

  /** Whether the description has an answer of that status. */
  answers(status: number): boolean {
    return String(status) in this.operation.responses;
  }

  private parameters(place: "path" | "query"): Schema {
    const all = (this.operation.parameters ?? [])
      .map((each) => this.resolve(each) as Parameter)
      .filter((each) => each.in === place);
    return {
      type: "object",
      properties: Object.fromEntries(all.map(({ name, schema }) => [name, schema])),
      required: all.filter(({ required }) => required).map(({ name }) => name),
    };
  }

  private resolve<Described extends { $ref?: string }>(
    described?: Described,
  ): Described | undefined {
    if (!described?.$ref) return described;
    const [, , group = "", name = ""] = described.$ref.split("/");
    return this.specification.components[group]?.[name] as Described;
  }

  private validator(key: string, make: () => ValidateFunction): ValidateFunction {
    const known = this.validators.get(key) ?? make();
    this.validators.set(key, known);
    return known;
  }
}

function describe(what: string, { errors }: ValidateFunction): string {
  const all = (errors ?? [])
    .slice(0, 5)
    .map((each) => `${each.instancePath || "/"} ${each.message}`);
  return `${what}: ${all.join(", ")}`;
}
