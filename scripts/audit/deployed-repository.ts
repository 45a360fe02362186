import type { Deployment } from "../deployment.ts";
import { environmentType, isSecret } from "../forget-work.ts";
import { type Deployed, deployedOf } from "./deployed.ts";

/** What the state says was deployed to a repository on GitHub, as far as the plugin does not read it back. */
export interface DeployedRepository extends Pick<Deployed, "unsettled"> {
  environments: ProtectedEnvironment[];
  /** Numbers of the patterns of refs that environments may be used by. */
  policies: Set<number>;
  /** Numbers of the rulesets. */
  rulesets: number[];
  secrets: DeployedSecret[];
}

export interface DeployedSecret {
  urn: string;
  /** Of one in an environment. */
  environment: string | undefined;
  name: string;
  /** As GitHub told after the last deploy that wrote it. */
  writtenAt: Date;
}

export interface ProtectedEnvironment {
  urn: string;
  /** As GitHub has it. */
  name: string;
  /** How many are asked. */
  users: number;
  teams: number;
  /** Whether patterns of refs say what may use it. */
  byPattern: boolean;
}

/**
 * By the inputs of resources, as the last deploy gave them: what was configured since is the engine's to tell, and who
 * is asked stands there by the numbers that GitHub knows them by.
 */
export function deployedRepositoryOf(deployment: Deployment): DeployedRepository {
  const present = (deployment.resources ?? []).filter((each) => !each.delete);
  const ofType = (type: string) => present.filter((each) => each.type === type);
  const number = (value: unknown) => Number(String(value).split(":").at(-1));
  return {
    unsettled: deployedOf(deployment).unsettled,
    environments: ofType(environmentType).map(({ urn, inputs }) => {
      const [{ users = [], teams = [] } = {}] = inputs?.reviewers ?? [];
      return {
        ...{ urn, name: inputs?.environment, users: users.length, teams: teams.length },
        byPattern: inputs?.deploymentBranchPolicy?.customBranchPolicies === true,
      };
    }),
    policies: new Set(
      ofType(
        "github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy",
      ).map(({ id }) => number(id)),
    ),
    rulesets: ofType("github:index/repositoryRuleset:RepositoryRuleset").map(({ id }) =>
      number(id),
    ),
    secrets: present
      .filter(({ type }) => isSecret(type))
      .map(({ urn, inputs, outputs }) => ({
        ...{ urn, environment: inputs?.environment, name: inputs?.secretName },
        writtenAt: new Date(outputs?.updatedAt),
      })),
  };
}
