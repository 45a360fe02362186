import type { Level, Permission, Role, Token } from "../world/actors.ts";
import type { Repository } from "../world/repository.ts";
import type { World } from "../world/world.ts";
import { Refusal } from "./route.ts";

/** The least role that may write each; reading takes `read`, but for what only admins see. */
const leastToWrite: Record<Permission, Role> = {
  actions: "write",
  administration: "admin",
  checks: "write",
  contents: "write",
  deployments: "write",
  environments: "admin",
  issues: "read",
  metadata: "read",
  pull_requests: "read",
  secrets: "admin",
  statuses: "write",
  variables: "admin",
};
const hidden = new Set<Permission>(["secrets", "variables"]);

/** The token of a request. Refuses when there is none, or an unknown one. */
export function tokenOf(world: World, authorization: string | undefined): Token {
  const text = /^(?:bearer|token) (\S+)$/i.exec(authorization ?? "")?.[1];
  if (!text) throw new Refusal(401, "Requires authentication");
  const token = world.tokens.get(text);
  if (!token) throw new Refusal(401, "Bad credentials");
  return token;
}

/** The repository of a path. To who may not see it, it is not there. */
export function repositoryOf(world: World, token: Token, owner = "", name = ""): Repository {
  const repository = world.repositories.get(`${owner}/${name}`.toLowerCase());
  if (!repository || !world.roleOf(repository, token.account)) throw new Refusal(404, "Not Found");
  return repository;
}

/** Refuses what a token or the role of its account is too little for. */
export function requireAccess(
  world: World,
  token: Token,
  repository: Repository,
  oneOf: Permission[],
  level: Level,
): void {
  const { permissions, account } = token;
  const [permission = "metadata"] = oneOf;
  const isGranted = oneOf.some((each) => {
    const granted = each === "metadata" ? "read" : permissions?.[each];
    return granted === "write" || granted === level;
  });
  if (permissions && !isGranted) throw new Refusal(403, "Resource not accessible by integration");
  const least = level === "write" || hidden.has(permission) ? leastToWrite[permission] : "read";
  // A token of an app has the permissions that it was given, whoever stands behind it.
  if (account.type !== "Bot" && !world.holds(repository, account, least))
    throw new Refusal(
      least === "admin" ? 403 : 404,
      least === "admin" ? "Must have admin rights to Repository." : "Not Found",
    );
}
