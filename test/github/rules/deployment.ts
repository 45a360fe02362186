import type { Account } from "../world/actors.ts";
import type { Environment } from "../world/environment.ts";
import type { Repository } from "../world/repository.ts";
import type { World } from "../world/world.ts";
import { type Decision, decide } from "./decision.ts";
import { matches } from "./patterns.ts";

/** Whether a job may use an environment, and what it waits for before it does. */
export interface DeploymentDecision extends Decision {
  waitMinutes: number;
  /** Any one of these may approve; nobody is asked when it is empty. */
  reviewers: string[];
}

/** May a run of this ref use the environment? The ref is a full one, such as `refs/pull/7/merge`. */
export function judgeDeployment(environment: Environment, ref: string): DeploymentDecision {
  const { name, waitMinutes } = environment;
  const reviewers = environment.reviewers.flatMap((each) =>
    each.type === "User" ? [each.reviewer.login] : [...each.reviewer.members],
  );
  const refusal =
    !allowsRef(environment, ref) &&
    `${ref.replace(/^refs\/(heads|tags)\//, "")} is not allowed to deploy to ${name} due to environment protection rules.`;
  return { ...decide([refusal]), waitMinutes, reviewers: [...new Set(reviewers)] };
}

function allowsRef({ branchPolicy, policies }: Environment, ref: string): boolean {
  if (!branchPolicy) return true;
  if (branchPolicy.protected_branches)
    throw new Error("the emulator does not enforce 'protected branches only'");
  const [, kind, name] = /^refs\/(heads|tags)\/(.+)$/.exec(ref) ?? [];
  const type = kind === "tags" ? "tag" : "branch";
  return [...policies.values()].some(
    (each) => each.type === type && matches(each.name, name ?? ref),
  );
}

/** May somebody approve that a run which another one started uses the environment? */
export function judgeApproval(
  world: World,
  repository: Repository,
  environment: Environment,
  starter: Account,
  actor: Account,
): Decision {
  const { reviewers } = judgeDeployment(environment, "");
  const isAdmin = environment.canAdminsBypass && world.holds(repository, actor, "admin");
  return decide([
    !reviewers.includes(actor.login) &&
      !isAdmin &&
      `${actor.login} is no reviewer of ${environment.name}.`,
    environment.preventSelfReview &&
      actor.id === starter.id &&
      !isAdmin &&
      "Who started a run may not approve it.",
  ]);
}
