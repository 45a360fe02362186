import type { Deployment, DeploymentStatus, Release } from "../world/automation.ts";
import { simpleUser } from "./accounts.ts";

export function deployment(given: Deployment) {
  const { id, sha, ref, task, payload, environment, description, creator, createdAt } = given;
  return {
    ...{ id, sha, ref, task, payload, environment, description, creator: simpleUser(creator) },
    ...{ created_at: createdAt, updated_at: createdAt, original_environment: environment },
  };
}

export function deploymentStatus(given: DeploymentStatus, of: Deployment) {
  const { id, state, description, environmentUrl, logUrl, creator, createdAt } = given;
  return {
    ...{ id, state, description, creator: simpleUser(creator), environment: of.environment },
    ...(environmentUrl && { environment_url: environmentUrl }),
    ...(logUrl && { log_url: logUrl, target_url: logUrl }),
    ...{ created_at: createdAt, updated_at: createdAt },
  };
}

export function release(given: Release) {
  const { id, tag, target, name, body, isDraft, isPrerelease, author, createdAt } = given;
  return {
    ...{ id, tag_name: tag, target_commitish: target, name, body, author: simpleUser(author) },
    ...{ draft: isDraft, prerelease: isPrerelease, assets: [], created_at: createdAt },
    ...{ published_at: isDraft ? null : createdAt, tarball_url: null, zipball_url: null },
  };
}
