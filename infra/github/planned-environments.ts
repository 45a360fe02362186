import type { EnvironmentSettings, RepositorySettings } from "../schema/repository.ts";
import { defaultBranch, type Refs, type Target } from "./branching/branching-model.ts";
import { branchingOf } from "./branching.ts";
import { featuresOf } from "./plan-limits.ts";

/** An environment as GitHub is to have it. */
export interface PlannedEnvironment extends EnvironmentSettings {
  name: string;
  /** What may use it; undefined is every ref. */
  refs?: Refs;
}

const unprotected = {
  reviewers: { users: [], teams: [] },
  waitMinutes: 0,
  preventSelfReview: false,
};

/**
 * The environment in which a stack's plan is made and its drift looked for: one with the same secrets beside that which
 * waits for somebody, since a plan has to be there before anybody can approve it, or which the default branch may not
 * use, since drift is looked for from there.
 */
export function planEnvironment(target: Target, settings: RepositorySettings): string {
  if (!featuresOf(settings).environments) return target;
  const { reviewers, waitMinutes } = settings.environments[target];
  const asks = reviewers.users.length + reviewers.teams.length + waitMinutes > 0;
  const waits = asks && featuresOf(settings).reviewers;
  const { branches = [] } = branchingOf(settings).deploys[target] ?? {};
  return waits || !branches.includes(defaultBranch) ? `${target}-plan` : target;
}

/** Whether workflows know enough of this stack itself to look for its drift. */
export function isAudited({ environments: { github } }: RepositorySettings): boolean {
  return Object.keys({ ...github.variables, ...github.secrets }).length > 0;
}

/**
 * Each stack's environment, where its plan is made, and the one in which pull requests are previewed, which has
 * staging's secrets where it has none of its own. That of this stack is there for its audit alone.
 */
export function environmentsOf(settings: RepositorySettings): PlannedEnvironment[] {
  const { environments } = settings;
  const own = Object.entries(branchingOf(settings).deploys).flatMap(([key, refs]) => {
    const target = key as Target;
    const given = { ...environments[target], refs };
    const name = planEnvironment(target, settings);
    if (name === target) return [{ ...given, ...unprotected, name }];
    const branches = [...new Set([...(refs.branches ?? []), defaultBranch])];
    const protection = featuresOf(settings).reviewers ? {} : unprotected;
    return [
      { ...given, ...unprotected, name, refs: { ...refs, branches } },
      { ...given, ...protection, name: target },
    ];
  });
  const { staging, preview, github } = environments;
  const auditing = {
    ...{ ...unprotected, ...github, name: "github", refs: { branches: [defaultBranch] } },
  };
  const previewing = {
    ...unprotected,
    name: "preview",
    variables: { ...staging.variables, ...preview.variables },
    secrets: { ...staging.secrets, ...preview.secrets },
  };
  return [...own, ...(isAudited(settings) ? [auditing] : []), previewing];
}
