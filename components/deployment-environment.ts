import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";

export interface DeploymentEnvironmentArgs {
  repository: string;
  /** As workflows call it. */
  name: string;
  /** Patterns of the names of branches or of tags whose runs may use it; without it, all may. */
  refs?: { branches?: string[]; tags?: string[] } | undefined;
  /** Ids of who is asked before a run may use it. */
  reviewers: { users: pulumi.Output<number>[]; teams: pulumi.Output<number>[] };
  /** How long a run waits before it may use it. */
  waitMinutes: number;
  /** Whether who started the run may not be the one who approves it. */
  preventSelfReview: boolean;
  /** Whether administrators are to be asked and to wait as well. */
  bindsAdministrators: boolean;
  variables: Record<string, string>;
  secrets: Record<string, string>;
}

/** An environment of GitHub Actions: who may use it, after whose approval, and what it gives them. */
export class DeploymentEnvironment extends pulumi.ComponentResource {
  constructor(
    name: string,
    args: DeploymentEnvironmentArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("slipway:index:DeploymentEnvironment", name, {}, opts);
    const { repository, refs, reviewers } = args;
    const asks = reviewers.users.length + reviewers.teams.length > 0;
    const own = new github.RepositoryEnvironment(
      name,
      {
        ...{ repository, environment: args.name },
        ...(asks ? { reviewers: [reviewers], preventSelfReview: args.preventSelfReview } : {}),
        ...(args.waitMinutes > 0 ? { waitTimer: args.waitMinutes } : {}),
        canAdminsBypass: !args.bindsAdministrators,
        ...(refs
          ? { deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true } }
          : {}),
      },
      { parent: this },
    );
    // Its name comes from the environment, so that what is in it goes before it does.
    const within = { repository, environment: own.environment };
    const { branches = [], tags = [] } = refs ?? {};
    const patterns = [
      ...branches.map((branchPattern) => ({ branchPattern })),
      ...tags.map((tagPattern) => ({ tagPattern })),
    ];
    for (const pattern of patterns) {
      const [word] = Object.values(pattern);
      new github.RepositoryEnvironmentDeploymentPolicy(
        `${name}-${word?.replaceAll("*", "x").replaceAll("/", "-")}`,
        { ...within, ...pattern },
        { parent: this },
      );
    }
    for (const [variableName, value] of Object.entries(args.variables)) {
      new github.ActionsEnvironmentVariable(
        `${name}-${variableName}`,
        { ...within, variableName, value },
        { parent: this },
      );
    }
    for (const [secretName, value] of Object.entries(args.secrets)) {
      new github.ActionsEnvironmentSecret(
        `${name}-${secretName}`,
        { ...within, secretName, value: pulumi.secret(value) },
        { parent: this },
      );
    }
    this.registerOutputs();
  }
}
