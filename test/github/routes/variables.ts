import {
  bodyOf,
  found,
  inRepository,
  noContent,
  ok,
  Refusal,
  type RepositoryCall,
  type Route,
} from "../http/route.ts";
import { variable as shape } from "../shapes/environment.ts";
import type { Permission } from "../world/actors.ts";
import type { Variable } from "../world/environment.ts";
import { now } from "../world/world.ts";
import { environmentOf } from "./environments.ts";
import { requireName } from "./names.ts";

/** Variables of repositories and of environments. */
export const variableRoutes: Route[] = [
  ...routesOf("variables", ({ repository }) => repository.variables, {
    list: "actions/list-repo-variables",
    create: "actions/create-repo-variable",
    get: "actions/get-repo-variable",
    update: "actions/update-repo-variable",
    remove: "actions/delete-repo-variable",
  }),
  ...routesOf("environments", (call) => environmentOf(call).variables, {
    list: "actions/list-environment-variables",
    create: "actions/create-environment-variable",
    get: "actions/get-environment-variable",
    update: "actions/update-environment-variable",
    remove: "actions/delete-environment-variable",
  }),
];

type Operations = Record<"list" | "create" | "get" | "update" | "remove", string>;

function routesOf(
  permission: Permission,
  variablesOf: (call: RepositoryCall) => Map<string, Variable>,
  operations: Operations,
): Route[] {
  const named = (call: RepositoryCall) =>
    found(variablesOf(call).get((call.path.name ?? "").toUpperCase()));
  return [
    inRepository(operations.list, permission, "read", (call) => {
      const all = [...variablesOf(call).values()].map(shape);
      return ok({ total_count: all.length, variables: all });
    }),
    inRepository(operations.create, permission, "write", (call) => {
      const variables = variablesOf(call);
      const { name: given = "", value = "" } = bodyOf<Variable>(call);
      const name = given.toUpperCase();
      requireName(name);
      if (variables.has(name)) throw new Refusal(409, "Already exists - Variable already exists");
      variables.set(name, { name, value, createdAt: now(), updatedAt: now() });
      return { status: 201, body: {} };
    }),
    inRepository(operations.get, permission, "read", (call) => ok(shape(named(call)))),
    inRepository(operations.update, permission, "write", (call) => {
      const variable = named(call);
      const { name = variable.name, value = variable.value } = bodyOf<Variable>(call);
      variablesOf(call).delete(variable.name);
      Object.assign(variable, { name: name.toUpperCase(), value, updatedAt: now() });
      variablesOf(call).set(variable.name, variable);
      return noContent;
    }),
    inRepository(operations.remove, permission, "write", (call) => {
      variablesOf(call).delete(named(call).name);
      return noContent;
    }),
  ];
}
