import * as github from "@pulumi/github";
import type * as pulumi from "@pulumi/pulumi";

export interface RefRulesArgs {
  repository: string;
  /** Patterns of names, either of branches or of tags. */
  refs: { branches?: string[]; tags?: string[] };
  rules: github.types.input.RepositoryRulesetRules;
  /** Whether those who maintain or administrate the repository are exempt. */
  exceptMaintainers?: boolean | undefined;
}

/** GitHub's numbers of the roles `maintain` and `admin`. */
const maintainers = [2, 5];

/** Rules that GitHub enforces on some branches or tags, in force as soon as they are there. `name` is what it shows. */
export function refRules(
  name: string,
  { repository, refs, rules, exceptMaintainers = false }: RefRulesArgs,
  opts?: pulumi.CustomResourceOptions,
): github.RepositoryRuleset {
  const { branches = [], tags = [] } = refs;
  const target = tags.length > 0 ? "tag" : "branch";
  const includes = [
    ...branches.map((pattern) => `refs/heads/${pattern}`),
    ...tags.map((pattern) => `refs/tags/${pattern}`),
  ];
  return new github.RepositoryRuleset(
    `rules-${name.replaceAll(" ", "-")}`,
    {
      ...{ repository, name, target, enforcement: "active", rules },
      conditions: { refName: { includes, excludes: [] } },
      bypassActors: (exceptMaintainers ? maintainers : []).map((actorId) => ({
        ...{ actorId, actorType: "RepositoryRole", bypassMode: "always" },
      })),
    },
    opts,
  );
}
