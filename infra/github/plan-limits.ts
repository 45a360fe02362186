import type { RepositorySettings } from "../schema/repository.ts";
import type { Target } from "./branching/branching-model.ts";
import { branchingOf } from "./branching.ts";

/** What GitHub enforces for a repository. */
export interface Features {
  rulesets: boolean;
  environments: boolean;
  /** Reviewers and waiting of environments. */
  reviewers: boolean;
}

/** By visibility and plan, as GitHub's page on environments and that on rulesets say. */
export function featuresOf({
  visibility,
  plan,
}: Pick<RepositorySettings, "visibility" | "plan">): Features {
  const all = visibility === "public" || plan === "enterprise";
  return {
    rulesets: all || plan === "team",
    environments: all || plan === "team",
    reviewers: all,
  };
}

/** What a deploy to an environment waits for: GitHub's reviewers, a comment that approves its plan, or nobody. */
export type Gate = "reviewers" | "comment" | "none";

export function gateOf(
  settings: Pick<RepositorySettings, "visibility" | "plan" | "environments">,
  target: Target,
): Gate {
  const { users, teams } = settings.environments[target].reviewers;
  if (users.length + teams.length === 0) return "none";
  return featuresOf(settings).reviewers ? "reviewers" : "comment";
}

/** What is configured and will not be enforced, a sentence each, with what does in its place. */
export function unenforced(settings: RepositorySettings): string[] {
  const { rulesets, environments, reviewers } = featuresOf(settings);
  const { visibility, plan } = settings;
  const here = `for a repository that is ${visibility} on the plan ${plan}`;
  const targets = Object.keys(branchingOf(settings).deploys) as Target[];
  const told: string[] = [];
  if (!rulesets) {
    const names = branchingOf(settings).rules.map(({ name }) => name);
    told.push(
      `GitHub enforces no rules of branches and tags ${here}: whoever may write can push anything to ${names.join(", ")}.`,
    );
  }
  if (!environments) {
    told.push(
      `GitHub has no environments ${here}: their secrets and variables become the repository's, with the environment's name before theirs, and every workflow of every branch can read them.`,
    );
  }
  for (const name of reviewers ? [] : targets) {
    const { waitMinutes, preventSelfReview } = settings.environments[name];
    if (gateOf(settings, name) === "comment") {
      told.push(
        `GitHub asks no reviewers of ${name} ${here}: a deploy waits for a comment that approves the hash of its plan instead, and the workflow alone sees to it.`,
      );
    }
    if (waitMinutes > 0) {
      told.push(
        `GitHub does not wait ${waitMinutes} minutes before ${name} ${here}: nothing does.`,
      );
    }
    if (preventSelfReview) {
      told.push(
        `GitHub does not keep who asks for a deploy to ${name} from approving it ${here}: the workflow does, where a comment approves it.`,
      );
    }
  }
  return told;
}

/** Whose comment approves a plan, by their logins. */
export function approversOf({ approvers, environments }: RepositorySettings, target: Target) {
  return [...new Set([...approvers, ...environments[target].reviewers.users])];
}
