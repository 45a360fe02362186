import { nameOf } from "../deployed.ts";
import type { ProtectedEnvironment } from "../deployed-repository.ts";
import type { Check, Finding } from "../finding.ts";
import { healsOf } from "../heal.ts";
import type { RepositoryEvidence } from "../repository-evidence.ts";

/** Who is asked before GitHub lets a run use an environment, and which refs may, where the plugin does not read it. */
export const environments: Check<RepositoryEvidence> = {
  kind: "environment",
  find: (evidence) => [...withoutReviewers(evidence), ...addedRefs(evidence)],
};

/** For the plugin there is nothing to read when nobody is left: neither a deploy nor a refresh sees it. */
function withoutReviewers({ environment, deployed, environments }: RepositoryEvidence): Finding[] {
  const { redo } = healsOf(environment);
  return deployed.environments
    .filter(
      ({ name, users, teams }) => users + teams > 0 && environments.get(name)?.isAsked === false,
    )
    .map((each) => ({
      ...{ ...drift, what: `environment ${each.name}: reviewers`, expected: counted(each) },
      ...{ found: "nobody is asked", type: redo, redo: [nameOf(each.urn)] },
    }));
}

function counted({ users, teams }: ProtectedEnvironment): string {
  const some = (count: number, noun: string) =>
    count === 0 ? [] : `${count} ${noun}${count === 1 ? "" : "s"}`;
  return [some(users, "user"), some(teams, "team")].flat().join(" and ");
}

/** The plugin reads those that it made. */
function addedRefs({ settings, deployed, environments }: RepositoryEvidence): Finding[] {
  const { owner, name: repository, api } = settings;
  const { host } = new URL(api);
  const at = host === "api.github.com" ? "" : ` --hostname ${host.replace(/^api\./, "")}`;
  return deployed.environments
    .filter(({ byPattern }) => byPattern)
    .flatMap(({ name }) =>
      (environments.get(name)?.policies ?? [])
        .filter(({ id }) => !deployed.policies.has(id))
        .map(({ id, name: pattern, type }) => ({
          ...{ ...drift, what: `environment ${name}: ${type} ${pattern}` },
          ...{ expected: "may not use it", found: "may use it" },
          type: `gh api${at} --method DELETE repos/${owner}/${repository}/environments/${name}/deployment-branch-policies/${id}`,
        })),
    );
}

const drift = { severity: "drift" } as const;
