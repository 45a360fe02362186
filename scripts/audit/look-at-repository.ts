import { Octokit } from "@octokit/rest";
import { refusal } from "../../infra/github/refusal.ts";
import type { RepositorySettings } from "../../infra/schema/repository.ts";
import { Failure } from "../failure.ts";
import { githubStack as stack } from "../workspace.ts";
import type { DeployedRepository } from "./deployed-repository.ts";
import { ifThere } from "./if-there.ts";
import { lookAtSecrets } from "./look-at-secrets.ts";

/** An environment as GitHub has it, as far as the plugin does not read it. */
export interface FoundEnvironment {
  isAsked: boolean;
  /** Patterns of refs that may use it; none where no pattern says who may. */
  policies: { id: number; name: string; type: string }[];
}

/** By itself the client prints what is told here in one line. */
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

type Place = { owner: string; repo: string };

const newToken = `npm run pulumi -- --stack ${stack} config set --secret --path slipway:repository.token`;

/** What GitHub has of a repository, as far as the plugin does not tell. */
export interface RepositoryLook {
  /** Those that are there, by name. */
  environments: Map<string, FoundEnvironment>;
  /** When each secret that is there was written last, by the URN of its resource. */
  written: Map<string, Date>;
}

/** Fails with one line when the token is missing, refused, used up, or told too little. */
export async function lookAtRepository(
  settings: RepositorySettings,
  { environments, rulesets, secrets }: Omit<DeployedRepository, "unsettled" | "policies">,
): Promise<RepositoryLook> {
  const { owner, name, api, token = process.env.GITHUB_TOKEN } = settings;
  if (!token) {
    throw new Failure(
      `there is no token to ask GitHub of ${owner}/${name} with; type: ${newToken}`,
    );
  }
  const octokit = new Octokit({ auth: token, baseUrl: restUrl(api), log: silent });
  const place = { owner, repo: name };
  try {
    await octokit.repos.get(place);
    const [ruleset_id] = rulesets;
    if (ruleset_id !== undefined && !(await tellsExempt(octokit, { ...place, ruleset_id }))) {
      throw new Failure(
        `GitHub does not tell this token who is exempt from the rules of ${owner}/${name}: it needs write access to administration; give another one: ${newToken}`,
      );
    }
    const looks = environments.map(async (each) => {
      const found = await lookAtEnvironment(octokit, { ...place, environment_name: each.name });
      return found ? [[each.name, found] as const] : [];
    });
    return {
      environments: new Map((await Promise.all(looks)).flat()),
      written: await lookAtSecrets(octokit, place, secrets),
    };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "HttpError") throw error;
    const { status, message } = error as Error & { status: number };
    throw new Failure(refusal(`${status} ${message}`, settings, stack));
  }
}

async function lookAtEnvironment(
  octokit: Octokit,
  place: Place & { environment_name: string },
): Promise<FoundEnvironment | undefined> {
  const { data } = await ifThere(octokit.repos.getEnvironment(place));
  if (!data) return undefined;
  const isAsked = (data.protection_rules ?? []).some(
    (rule) => "reviewers" in rule && (rule.reviewers?.length ?? 0) > 0,
  );
  if (!data.deployment_branch_policy?.custom_branch_policies) return { isAsked, policies: [] };
  const listed = await octokit.repos.listDeploymentBranchPolicies({ ...place, per_page: 100 });
  const policies = listed.data.branch_policies.map(({ id = 0, name = "", type = "branch" }) => ({
    ...{ id, name, type },
  }));
  return { isAsked, policies };
}

/** Not every token is told of them: to the plugin it is then as if there were none. */
async function tellsExempt(
  octokit: Octokit,
  place: Place & { ruleset_id: number },
): Promise<boolean> {
  const { data } = await ifThere(octokit.repos.getRepoRuleset(place));
  return !data || data.bypass_actors !== undefined;
}

/** A server of one's own has it below a path that the plugin adds by itself. */
function restUrl(api: string): string {
  const { origin, host } = new URL(api);
  return host === "api.github.com" || host.endsWith(".ghe.com") ? origin : `${origin}/api/v3`;
}
