import { Contract } from "../specification/contract.ts";
import type { Specification } from "../specification/read-specification.ts";
import { Schemas } from "../specification/schemas.ts";
import type { Route } from "./route.ts";

export interface Match {
  route: Route;
  contract: Contract;
  path: Record<string, string>;
}

/** Parameters that hold slashes; in all others a slash comes escaped. */
const withSlashes = new Set(["path", "ref", "branch", "basehead", "tag"]);

/** Finds the operation of a request by the paths of GitHub's description. */
export class Router {
  private readonly entries: {
    route: Route;
    contract: Contract;
    pattern: RegExp;
    names: string[];
  }[];

  constructor(specification: Specification, routes: readonly Route[]) {
    const schemas = new Schemas(specification);
    const places = new Map<string, [method: string, path: string]>();
    for (const [path, methods] of Object.entries(specification.paths))
      for (const [method, { operationId }] of Object.entries(methods))
        places.set(operationId, [method, path]);
    this.entries = routes.map((route) => {
      const [method, path] = places.get(route.operation) ?? [];
      if (!method || !path) throw new Error(`GitHub describes no ${route.operation}`);
      const names: string[] = [];
      const source = path.replace(/\{(\w+)\}/g, (_, name: string) => {
        names.push(name);
        return withSlashes.has(name) ? "(.+)" : "([^/]+)";
      });
      const contract = new Contract(specification, schemas, method, path);
      return { route, contract, pattern: new RegExp(`^${source}$`), names };
    });
    // The more of a path is literal, the more exactly it is meant.
    const literal = (path: string) => path.replace(/\{\w+\}/g, "").length;
    this.entries.sort((one, other) => literal(other.contract.path) - literal(one.contract.path));
  }

  match(method: string, path: string): Match | undefined {
    for (const { route, contract, pattern, names } of this.entries) {
      const values = contract.method === method ? pattern.exec(path)?.slice(1) : undefined;
      if (!values) continue;
      const decoded = values.map((value, at) => [names[at], decodeURIComponent(value)]);
      return { route, contract, path: Object.fromEntries(decoded) };
    }
    return undefined;
  }
}
