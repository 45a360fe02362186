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
import { requireEnvironments, requireProtections } from "../plan.ts";
import { environment as shape } from "../shapes/environment.ts";
import type { DeploymentPolicy, Environment, Reviewer } from "../world/environment.ts";
import { now, type World } from "../world/world.ts";

interface EnvironmentBody {
  wait_timer: number | null;
  prevent_self_review: boolean | null;
  can_admins_bypass: boolean | null;
  reviewers: { type: "User" | "Team"; id: number }[] | null;
  deployment_branch_policy: Environment["branchPolicy"];
}

/** The environment of a request. Answers 404 where the plan has none. */
export function environmentOf({ repository, path }: RepositoryCall): Environment {
  requireEnvironments(repository);
  return found(repository.environments.get((path.environment_name ?? "").toLowerCase()));
}

export const environmentRoutes: Route[] = [
  inRepository("repos/get-all-environments", "actions", "read", ({ repository }) => {
    requireEnvironments(repository);
    const all = [...repository.environments.values()].map(shape);
    return ok({ total_count: all.length, environments: all });
  }),
  inRepository("repos/get-environment", "actions", "read", (call) =>
    ok(shape(environmentOf(call))),
  ),
  inRepository("repos/create-or-update-environment", "administration", "write", (call) => {
    const { world, repository, path } = call;
    const body = bodyOf<EnvironmentBody>(call);
    requireEnvironments(repository);
    requireProtections(repository, body);
    const name = path.environment_name ?? "";
    const known = repository.environments.get(name.toLowerCase()) ?? bare(world, name);
    // What a request leaves out is taken away.
    Object.assign(known, {
      waitMinutes: body.wait_timer ?? 0,
      reviewers: reviewersOf(world, body.reviewers ?? []),
      preventSelfReview: body.prevent_self_review ?? false,
      canAdminsBypass: body.can_admins_bypass ?? true,
      branchPolicy: branchPolicyOf(body.deployment_branch_policy),
      updatedAt: now(),
    });
    repository.environments.set(name.toLowerCase(), known);
    return ok(shape(known));
  }),
  inRepository("repos/delete-an-environment", "administration", "write", (call) => {
    call.repository.environments.delete(environmentOf(call).name.toLowerCase());
    return noContent;
  }),
  inRepository("repos/list-deployment-branch-policies", "actions", "read", (call) => {
    const all = [...environmentOf(call).policies.values()];
    return ok({ total_count: all.length, branch_policies: all });
  }),
  inRepository("repos/create-deployment-branch-policy", "administration", "write", (call) => {
    const environment = environmentOf(call);
    // There is nothing to add a pattern to.
    if (!environment.branchPolicy?.custom_branch_policies) throw new Refusal(404, "Not Found");
    const { name = "", type = "branch" } = bodyOf<DeploymentPolicy>(call);
    if ([...environment.policies.values()].some((each) => each.name === name && each.type === type))
      throw new Refusal(303, "Already exists");
    const policy = { id: call.world.nextId(), name, type };
    environment.policies.set(policy.id, policy);
    return ok(policy);
  }),
  inRepository("repos/get-deployment-branch-policy", "actions", "read", (call) =>
    ok(policyOf(call)),
  ),
  inRepository("repos/update-deployment-branch-policy", "administration", "write", (call) =>
    ok(Object.assign(policyOf(call), { name: bodyOf<DeploymentPolicy>(call).name })),
  ),
  inRepository("repos/delete-deployment-branch-policy", "administration", "write", (call) => {
    environmentOf(call).policies.delete(policyOf(call).id);
    return noContent;
  }),
];

function policyOf(call: RepositoryCall): DeploymentPolicy {
  return found(environmentOf(call).policies.get(Number(call.path.branch_policy_id)));
}

function bare(world: World, name: string): Environment {
  return {
    ...{ id: world.nextId(), name, waitMinutes: 0, reviewers: [], preventSelfReview: false },
    ...{ canAdminsBypass: true, branchPolicy: null, policies: new Map() },
    ...{ secrets: new Map(), variables: new Map(), createdAt: now(), updatedAt: now() },
  };
}

function reviewersOf(world: World, given: { type: "User" | "Team"; id: number }[]): Reviewer[] {
  if (given.length > 6) throw new Refusal(422, "Too many reviewers: at most 6.");
  return given.map(({ type, id }) => {
    const account = [...world.accounts.values()].find((each) => each.id === id);
    const team = world.teams.find((each) => each.id === id);
    if (type === "User" && account) return { type, reviewer: account };
    if (type === "Team" && team) return { type, reviewer: team };
    throw new Refusal(422, `No ${type.toLowerCase()} has the id ${id}.`);
  });
}

function branchPolicyOf(
  given: Environment["branchPolicy"] | undefined,
): Environment["branchPolicy"] {
  if (given && given.protected_branches === given.custom_branch_policies)
    throw new Refusal(
      422,
      "protected_branches and custom_branch_policies cannot have the same value",
    );
  return given ?? null;
}
