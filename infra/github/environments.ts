import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import { DeploymentEnvironment } from "../../components/deployment-environment.ts";
import type { RepositorySettings } from "../schema/repository.ts";
import { featuresOf } from "./plan-limits.ts";
import { environmentsOf } from "./planned-environments.ts";
import type { Repository } from "./reach-repository.ts";

/** Environments with their variables and secrets; where GitHub has none, the repository's own under longer names. */
export function declareEnvironments(settings: RepositorySettings, repository: Repository): void {
  const { environments, reviewers: canProtect } = featuresOf(settings);
  const { name, provider } = repository;
  const asked = { provider };
  for (const each of environmentsOf(settings)) {
    if (!environments) {
      declareOnRepository(each, repository);
      continue;
    }
    const { users, teams } = each.reviewers;
    new DeploymentEnvironment(
      each.name,
      {
        ...each,
        repository: name,
        reviewers: {
          users: users.map((username) =>
            github.getUserOutput({ username }, asked).apply(({ id }) => Number(id)),
          ),
          teams: teams.map((slug) =>
            github.getTeamOutput({ slug, summaryOnly: true }, asked).apply(({ id }) => Number(id)),
          ),
        },
        // Where GitHub protects nothing, it forgets this, too.
        bindsAdministrators: canProtect,
      },
      { providers: [provider] },
    );
  }
}

function declareOnRepository(
  { name, variables, secrets }: ReturnType<typeof environmentsOf>[number],
  { name: repository, provider }: Repository,
): void {
  const prefixed = (key: string) => `${name.toUpperCase()}_${key}`;
  for (const [key, value] of Object.entries(variables)) {
    const variableName = prefixed(key);
    new github.ActionsVariable(variableName, { repository, variableName, value }, { provider });
  }
  for (const [key, text] of Object.entries(secrets)) {
    const secretName = prefixed(key);
    const value = pulumi.secret(text);
    new github.ActionsSecret(secretName, { repository, secretName, value }, { provider });
  }
}
