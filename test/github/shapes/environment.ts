import type { Environment, Secret, Variable } from "../world/environment.ts";
import { simpleTeam, simpleUser } from "./accounts.ts";

/** An environment; rules that it lacks are left out, as GitHub does. */
export function environment(given: Environment) {
  const { id, name, waitMinutes, reviewers, preventSelfReview, branchPolicy } = given;
  const rules: Record<string, unknown>[] = [];
  const add = (type: string, more: object = {}) =>
    rules.push({
      id: id * 10 + rules.length,
      node_id: `rule-${id}-${rules.length}`,
      type,
      ...more,
    });
  if (waitMinutes > 0) add("wait_timer", { wait_timer: waitMinutes });
  if (reviewers.length > 0)
    add("required_reviewers", {
      prevent_self_review: preventSelfReview,
      reviewers: reviewers.map((each) =>
        each.type === "User"
          ? { type: each.type, reviewer: simpleUser(each.reviewer) }
          : { type: each.type, reviewer: simpleTeam(each.reviewer) },
      ),
    });
  if (branchPolicy) add("branch_policy");
  return {
    ...{ id, name, created_at: given.createdAt, updated_at: given.updatedAt },
    ...{ can_admins_bypass: given.canAdminsBypass, protection_rules: rules },
    deployment_branch_policy: branchPolicy,
  };
}

export function secret({ name, createdAt, updatedAt }: Secret) {
  return { name, created_at: createdAt, updated_at: updatedAt };
}

export function variable({ name, value, createdAt, updatedAt }: Variable) {
  return { name, value, created_at: createdAt, updated_at: updatedAt };
}
