import {
  bodyOf,
  created,
  found,
  inRepository,
  noContent,
  ok,
  Refusal,
  type RepositoryCall,
  type Route,
} from "../http/route.ts";
import { requireRulesets } from "../plan.ts";
import { applyingRules } from "../rules/applying-rules.ts";
import type { Ruleset } from "../world/ruleset.ts";
import { now } from "../world/world.ts";

/** What the emulator enforces; a ruleset with anything else is no test of it. */
const enforced = new Set([
  ...["creation", "update", "deletion", "non_fast_forward", "required_linear_history"],
  ...["pull_request", "required_status_checks"],
]);

export const rulesetRoutes: Route[] = [
  inRepository("repos/get-repo-rulesets", "metadata", "read", (call) => {
    requireRulesets(call.repository);
    return ok(
      [...call.repository.rulesets.values()].map(({ rules, ...each }) => shape(call, each)),
    );
  }),
  inRepository("repos/create-repo-ruleset", "administration", "write", (call) => {
    const { repository, world } = call;
    requireRulesets(repository);
    const given = bodyOf<Ruleset>(call);
    requireFreeName(call, given.name);
    const ruleset: Ruleset = {
      ...{ id: world.nextId(), name: "", target: "branch", enforcement: "active" },
      ...{ bypass_actors: [], conditions: null, rules: [], created_at: now(), updated_at: now() },
      ...given,
    };
    requireEnforceable(ruleset);
    repository.rulesets.set(ruleset.id, ruleset);
    return created(shape(call, ruleset));
  }),
  inRepository("repos/get-repo-ruleset", "metadata", "read", (call) =>
    ok(shape(call, found(rulesetOf(call)))),
  ),
  inRepository("repos/update-repo-ruleset", "administration", "write", (call) => {
    requireRulesets(call.repository);
    const ruleset = found(rulesetOf(call));
    const given = bodyOf<Ruleset>(call);
    if (given.name !== ruleset.name) requireFreeName(call, given.name);
    requireEnforceable({ ...ruleset, ...given });
    Object.assign(ruleset, given, { updated_at: now() });
    return ok(shape(call, ruleset));
  }),
  inRepository("repos/delete-repo-ruleset", "administration", "write", (call) => {
    call.repository.rulesets.delete(found(rulesetOf(call)).id);
    return noContent;
  }),
  inRepository("repos/get-branch-rules", "metadata", "read", ({ repository, path }) =>
    ok(
      applyingRules(repository, `refs/heads/${path.branch}`).map(({ rule, ruleset }) => ({
        ...rule,
        ...{ ruleset_id: ruleset.id, ruleset_source_type: "Repository" },
        ruleset_source: repository.fullName,
      })),
    ),
  ),
];

function rulesetOf({ repository, path }: RepositoryCall): Ruleset | undefined {
  return repository.rulesets.get(Number(path.ruleset_id));
}

/** Who may bypass a ruleset is told to those alone who may change it. */
function shape({ repository, world, actor }: RepositoryCall, ruleset: Partial<Ruleset>) {
  const { bypass_actors, ...rest } = ruleset;
  const isAdmin = world.holds(repository, actor, "admin");
  return {
    ...rest,
    ...(isAdmin && { bypass_actors }),
    ...{ source_type: "Repository", source: repository.fullName, node_id: `RRS_${ruleset.id}` },
  };
}

function requireFreeName({ repository }: RepositoryCall, name: string | undefined): void {
  if ([...repository.rulesets.values()].some((each) => each.name === name))
    throw new Refusal(422, "Validation Failed", { errors: ["Name must be unique"] });
}

function requireEnforceable({ rules, target }: Ruleset): void {
  const unknown = rules.find(({ type }) => !enforced.has(type));
  if (unknown || target === "push")
    throw new Error(`the emulator does not enforce ${unknown?.type ?? "push rulesets"}`);
}
