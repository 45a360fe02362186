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
import { secret as shape } from "../shapes/environment.ts";
import type { Permission } from "../world/actors.ts";
import type { Secret } from "../world/environment.ts";
import { now } from "../world/world.ts";
import { environmentOf } from "./environments.ts";
import { requireName } from "./names.ts";

/** Secrets of repositories and of environments. */
export const secretRoutes: Route[] = [
  ...routesOf("secrets", ({ repository }) => repository.secrets, {
    list: "actions/list-repo-secrets",
    key: "actions/get-repo-public-key",
    put: "actions/create-or-update-repo-secret",
    get: "actions/get-repo-secret",
    remove: "actions/delete-repo-secret",
  }),
  ...routesOf("environments", (call) => environmentOf(call).secrets, {
    list: "actions/list-environment-secrets",
    key: "actions/get-environment-public-key",
    put: "actions/create-or-update-environment-secret",
    get: "actions/get-environment-secret",
    remove: "actions/delete-environment-secret",
  }),
];

type Operations = Record<"list" | "key" | "put" | "get" | "remove", string>;

function routesOf(
  permission: Permission,
  secretsOf: (call: RepositoryCall) => Map<string, Secret>,
  operations: Operations,
): Route[] {
  const nameOf = ({ path }: RepositoryCall) => (path.secret_name ?? "").toUpperCase();
  return [
    inRepository(operations.list, permission, "read", (call) => {
      const all = [...secretsOf(call).values()].map(shape);
      return ok({ total_count: all.length, secrets: all });
    }),
    inRepository(operations.key, permission, "read", (call) => {
      secretsOf(call);
      return ok({ key_id: call.world.box.keyId, key: call.world.box.publicKey });
    }),
    inRepository(operations.get, permission, "read", (call) =>
      ok(shape(found(secretsOf(call).get(nameOf(call))))),
    ),
    inRepository(operations.put, permission, "write", (call) => {
      const secrets = secretsOf(call);
      const name = nameOf(call);
      requireName(name);
      const { box } = call.world;
      const body = bodyOf<{ encrypted_value: string; key_id: string }>(call);
      const value = body.key_id === box.keyId ? box.open(body.encrypted_value ?? "") : undefined;
      if (value === undefined) throw new Refusal(422, "Bad request - invalid sealed box");
      const known = secrets.get(name);
      const createdAt = known?.createdAt ?? now();
      secrets.set(name, { name, value, createdAt, updatedAt: now() });
      return known ? noContent : { status: 201, body: {} };
    }),
    inRepository(operations.remove, permission, "write", (call) => {
      if (!secretsOf(call).delete(nameOf(call))) throw new Refusal(404, "Not Found");
      return noContent;
    }),
  ];
}
