import type { EnvironmentSettings, RepositorySettings } from "../schema/repository.ts";
import type { Refs, Target } from "./branching/branching-model.ts";
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
 * waits for somebody, since it has to run before anybody can approve.
 */
export function planEnvironment(
  target: Target,
  settings: Pick<RepositorySettings, "visibility" | "plan" | "environments">,
): string {
  const { reviewers, waitMinutes } = settings.environments[target];
  const waits = reviewers.users.length + reviewers.teams.length + waitMinutes > 0;
  return waits && featuresOf(settings).reviewers ? `${target}-plan` : target;
}

/**
 * Each stack's environment, where its plan is made, and the one in which pull requests are previewed, which has
 * staging's secrets where it has none of its own.
 */
export function environmentsOf(settings: RepositorySettings): PlannedEnvironment[] {
  const { environments } = settings;
  const own = Object.entries(branchingOf(settings).deploys).flatMap(([key, refs]) => {
    const target = key as Target;
    const given = { ...environments[target], refs };
    const planning = { ...given, ...unprotected, name: planEnvironment(target, settings) };
    if (planning.name === target) return [planning];
    return [planning, { ...given, name: target }];
  });
  const { staging, preview } = environments;
  const previewing = {
    ...unprotected,
    name: "preview",
    variables: { ...staging.variables, ...preview.variables },
    secrets: { ...staging.secrets, ...preview.secrets },
  };
  return [...own, previewing];
}
