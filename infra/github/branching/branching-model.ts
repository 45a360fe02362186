import type { types } from "@pulumi/github";
import type { RepositorySettings } from "../../schema/repository.ts";

type Rules = types.input.RepositoryRulesetRules;

/** What deploys, each a stack and an environment of its own. */
export type Target = "development" | "staging" | "production";

/** Patterns of names as GitHub matches them: `*` stands for all but a slash. */
export interface Refs {
  branches?: string[];
  tags?: string[];
}

/** Rules of some branches or tags. */
export interface RefRules {
  /** As GitHub shows it. */
  name: string;
  refs: Refs;
  rules: Rules;
  /** Whether those who maintain or administrate the repository are exempt. Without it, nobody is. */
  exceptMaintainers?: boolean;
}

/** What every model calls it; where workflows run that no push starts. */
export const defaultBranch = "main";

/** How changes come from a branch of their own to production. */
export interface BranchingModel {
  rules: RefRules[];
  /** Which refs deploy what, in the order in which a change comes there. */
  deploys: Partial<Record<Target, Refs>>;
}

export type ModelSettings = Pick<
  RepositorySettings,
  "api" | "checks" | "approvals" | "stagingPushes"
>;

/** Neither rewritten nor removed. */
export const kept: Rules = { nonFastForward: true, deletion: true };

/** GitHub Actions as an app of github.com: no other one's check of the same name counts. A server of one's own gives it another number. */
const actionsApp = 15_368;

/** `strict` asks for checks of what the branch becomes by the merge. */
export function checked(
  { api, checks }: Pick<ModelSettings, "api" | "checks">,
  { strict = false, onCreation = true } = {},
): Rules {
  const integration = new URL(api).host === "api.github.com" ? { integrationId: actionsApp } : {};
  return {
    requiredStatusChecks: {
      requiredChecks: checks.map((context) => ({ context, ...integration })),
      strictRequiredStatusChecksPolicy: strict,
      doNotEnforceOnCreate: !onCreation,
    },
  };
}

/** By a pull request whose last state was approved, every conversation resolved. */
export function reviewed(approvals: number, allowedMergeMethods: string[]): Rules {
  return {
    pullRequest: {
      requiredApprovingReviewCount: approvals,
      dismissStaleReviewsOnPush: true,
      requireCodeOwnerReview: false,
      requireLastPushApproval: false,
      requiredReviewThreadResolution: true,
      allowedMergeMethods,
    },
  };
}

/** A main whose history is a line of what was approved. */
export function mainInLine(settings: ModelSettings): RefRules {
  return {
    name: "main",
    refs: { branches: [defaultBranch] },
    rules: {
      ...kept,
      ...checked(settings, { strict: true }),
      ...reviewed(settings.approvals, ["squash", "rebase"]),
      requiredLinearHistory: true,
    },
  };
}
