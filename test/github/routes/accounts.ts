import { found, inRepository, ok, type Route } from "../http/route.ts";
import { fullTeam, organization, publicUser, simpleUser } from "../shapes/accounts.ts";
import { fullRepository } from "../shapes/repository.ts";
import type { Role } from "../world/actors.ts";
import type { World } from "../world/world.ts";

const lookUp = (world: World, login = "") => world.accounts.get(login.toLowerCase());

/** Reading a repository and who has to do with it. */
export const accountRoutes: Route[] = [
  inRepository("repos/get", "metadata", "read", ({ world, repository, actor }) =>
    ok(fullRepository(repository, world.roleOf(repository, actor))),
  ),
  { operation: "users/get-authenticated", answer: ({ actor }) => ok(publicUser(actor)) },
  {
    operation: "users/get-by-username",
    answer: ({ world, path }) => ok(publicUser(found(lookUp(world, path.username)))),
  },
  {
    operation: "orgs/get",
    answer({ world, path }) {
      const account = lookUp(world, path.org);
      return ok(organization(found(account?.type === "Organization" ? account : undefined)));
    },
  },
  {
    operation: "teams/get-by-name",
    answer: ({ world, path: { org, team_slug: slug } }) =>
      ok(
        fullTeam(
          found(world.teams.find((each) => each.organization.login === org && each.slug === slug)),
        ),
      ),
  },
  {
    operation: "teams/list-members-in-org",
    answer({ world, path: { org, team_slug: slug } }) {
      const team = world.teams.find(
        (each) => each.organization.login === org && each.slug === slug,
      );
      return ok([...found(team).members].map((login) => simpleUser(world.find(login))));
    },
  },
  // The provider reads them whenever it is asked for somebody's id.
  { operation: "users/list-gpg-keys-for-user", answer: () => ok([]) },
  { operation: "users/list-public-keys-for-user", answer: () => ok([]) },
  {
    operation: "teams/list-repos-in-org",
    answer({ world, path: { org, team_slug: slug } }) {
      const team = found(
        world.teams.find((each) => each.organization.login === org && each.slug === slug),
      );
      const held = [...world.repositories.values()].filter((each) => each.teams.has(team));
      return ok(held.map((each) => fullRepository(each, each.teams.get(team))));
    },
  },
  inRepository(
    "repos/get-collaborator-permission-level",
    "metadata",
    "read",
    ({ world, repository, path }) => {
      const account = found(lookUp(world, path.username));
      const role = world.roleOf(repository, account);
      const permission = coarse(role);
      return ok({
        ...{ permission, role_name: role ?? "none" },
        user: { ...simpleUser(account), role_name: role ?? "none" },
      });
    },
  ),
  {
    operation: "rate-limit/get",
    answer() {
      const limit = { limit: 5000, remaining: 4999, used: 1, reset: Math.ceil(Date.now() / 1000) };
      return ok({ resources: { core: limit, search: limit, graphql: limit }, rate: limit });
    },
  },
];

/** The older of the two words that GitHub has for a role. */
function coarse(role: Role | undefined): string {
  if (role === "maintain") return "write";
  if (role === "triage") return "read";
  return role ?? "none";
}
