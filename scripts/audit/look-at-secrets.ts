import type { Octokit } from "@octokit/rest";
import type { DeployedSecret } from "./deployed-repository.ts";
import { ifThere } from "./if-there.ts";

/** When each was written last, by the URN of its resource. */
export async function lookAtSecrets(
  octokit: Octokit,
  place: { owner: string; repo: string },
  secrets: DeployedSecret[],
): Promise<Map<string, Date>> {
  const looks = secrets.map(async ({ urn, environment, name }) => {
    const { actions } = octokit;
    const secret = { ...place, secret_name: name };
    const { data } = await ifThere(
      environment === undefined
        ? actions.getRepoSecret(secret)
        : actions.getEnvironmentSecret({ ...secret, environment_name: environment }),
    );
    return data ? [[urn, new Date(data.updated_at)] as const] : [];
  });
  return new Map((await Promise.all(looks)).flat());
}
