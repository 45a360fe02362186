import type { Target } from "../../infra/github/branching/branching-model.ts";
import { featuresOf } from "../../infra/github/plan-limits.ts";
import {
  environmentsOf,
  type PlannedEnvironment,
  planEnvironment,
} from "../../infra/github/planned-environments.ts";
import type { RepositorySettings } from "../../infra/schema/repository.ts";

/** What a job that uses an environment says of it, and what its steps get from it. */
export interface Surroundings {
  /** Absent where GitHub has no environments. */
  environment?: { name: string };
  /** Its variables and secrets, for `env`. */
  given: Record<string, string>;
}

/** Those of an environment by its name. A repository without environments has longer names for the same. */
export function surroundingsOf(settings: RepositorySettings, name: string): Surroundings {
  const environment = environmentsOf(settings).find(
    (each) => each.name === name,
  ) as PlannedEnvironment;
  const { environments } = featuresOf(settings);
  const prefix = environments ? "" : `${name.toUpperCase()}_`;
  const of = (context: string, keys: object) =>
    Object.keys(keys).map((key) => [key, `\${{ ${context}.${prefix}${key} }}`]);
  return {
    ...(environments ? { environment: { name } } : {}),
    given: Object.fromEntries([
      ...of("vars", environment.variables),
      ...of("secrets", environment.secrets),
    ]),
  };
}

/** Those in which a stack's plan is made. */
export function planSurroundings(settings: RepositorySettings, target: Target): Surroundings {
  return surroundingsOf(settings, planEnvironment(target, settings));
}
