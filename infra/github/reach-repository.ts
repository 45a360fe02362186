import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import type { RepositorySettings } from "../schema/repository.ts";

/** A repository that is there. */
export interface Repository {
  name: string;
  url: string;
  provider: github.Provider;
}

/**
 * Looks for the repository before anything is declared, so that one line says what is wrong with the token, the name, or
 * what the configuration takes it for. Throws that line.
 */
export async function reachRepository(settings: RepositorySettings): Promise<Repository> {
  const { owner, name, api, token, visibility } = settings;
  const provider = new github.Provider("github", {
    ...{ owner, baseUrl: api, ...(token ? { token: pulumi.secret(token) } : {}) },
    // The older client takes GitHub's word that nothing changed for rules of which it does not tell all.
    legacyClient: false,
  });
  const found = await github
    .getRepository({ fullName: `${owner}/${name}` }, { provider })
    .catch((error: unknown) => {
      throw new pulumi.RunError(whyNot(String(error), settings));
    });
  // The plugin answers with nothing where there is none.
  if (!found.nodeId) throw new pulumi.RunError(whyNot("404", settings));
  if (found.visibility !== visibility) {
    throw new pulumi.RunError(
      `${owner}/${name} is ${found.visibility}, and slipway:repository.visibility is ${visibility}; nothing was changed. ${set("visibility", found.visibility)}`,
    );
  }
  return { name, url: found.htmlUrl, provider };
}

function whyNot(said: string, { owner, name, api }: RepositorySettings): string {
  const where = `${owner}/${name} at ${api}`;
  if (/rate limit|429/i.test(said)) {
    return `GitHub lets this token ask no more for now (${said}); nothing was changed. Try again later`;
  }
  if (/401|Bad credentials/.test(said)) {
    return `GitHub refuses the token for ${where}; nothing was changed. Give it a valid one: npm run pulumi -- --stack ${pulumi.getStack()} config set --secret --path slipway:repository.token`;
  }
  if (/404|403/.test(said)) {
    return `${where} is not there, or the token may not see it; nothing was changed. ${set("name", "NAME")}`;
  }
  return `${where} cannot be reached (${said}); nothing was changed`;
}

function set(key: string, value: string): string {
  return `Type: npm run pulumi -- --stack ${pulumi.getStack()} config set --path slipway:repository.${key} ${value}`;
}
