import type { Account } from "../world/actors.ts";
import type { Repository } from "../world/repository.ts";
import type { BypassActor, Rule, Ruleset } from "../world/ruleset.ts";
import type { World } from "../world/world.ts";
import { namesRef } from "./patterns.ts";

export interface Applying {
  rule: Rule;
  ruleset: Ruleset;
}

/** What changes a ref: a push, or the merge of a pull request. */
export type Way = "push" | "merge";

/** The role that GitHub means by an id among those who bypass. */
const roleOfId: Record<number, "write" | "maintain" | "admin"> = {
  2: "maintain",
  4: "write",
  5: "admin",
};

/** The rules of all active rulesets that name a full ref, whoever changes it. */
export function applyingRules(repository: Repository, ref: string): Applying[] {
  const target = ref.startsWith("refs/tags/") ? "tag" : "branch";
  return [...repository.rulesets.values()]
    .filter((each) => each.enforcement === "active" && each.target === target)
    .filter((each) => namesRef(each.conditions?.ref_name ?? {}, ref, repository.defaultBranch))
    .flatMap((ruleset) => ruleset.rules.map((rule) => ({ rule, ruleset })));
}

/** Those of them that bind somebody, going that way. */
export function bindingRules(
  world: World,
  repository: Repository,
  ref: string,
  actor: Account,
  way: Way,
): Rule[] {
  return applyingRules(repository, ref)
    .filter(({ ruleset }) => !bypasses(world, repository, ruleset, actor, way))
    .map(({ rule }) => rule);
}

function bypasses(
  world: World,
  repository: Repository,
  ruleset: Ruleset,
  actor: Account,
  way: Way,
): boolean {
  return ruleset.bypass_actors.some(
    (each) =>
      (each.bypass_mode !== "pull_request" || way === "merge") &&
      isMeant(world, repository, each, actor),
  );
}

function isMeant(
  world: World,
  repository: Repository,
  { actor_type: type, actor_id: id }: BypassActor,
  actor: Account,
): boolean {
  switch (type) {
    case "User":
      return actor.id === id;
    case "Integration":
      return actor.appId !== undefined && actor.appId === id;
    case "OrganizationAdmin":
      return repository.owner.owners.has(actor.login);
    case "Team":
      return world.teams.some((team) => team.id === id && team.members.has(actor.login));
    case "RepositoryRole": {
      const least = roleOfId[id ?? 0];
      if (!least) throw new Error(`the emulator knows no role ${id}`);
      // An app has permissions and no role.
      return actor.type !== "Bot" && world.holds(repository, actor, least);
    }
    case "DeployKey":
      return false;
  }
}
