import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import type { RepositorySettings } from "../schema/repository.ts";
import { refusal, setting } from "./refusal.ts";

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
  const stack = pulumi.getStack();
  const provider = new github.Provider("github", {
    ...{ owner, baseUrl: api, ...(token ? { token: pulumi.secret(token) } : {}) },
    // The older client takes GitHub's word that nothing changed for rules of which it does not tell all.
    legacyClient: false,
  });
  const found = await github
    .getRepository({ fullName: `${owner}/${name}` }, { provider })
    .catch((error: unknown) => {
      throw new pulumi.RunError(refusal(String(error), settings, stack));
    });
  // The plugin answers with nothing where there is none.
  if (!found.nodeId) throw new pulumi.RunError(refusal("404", settings, stack));
  if (found.visibility !== visibility) {
    throw new pulumi.RunError(
      `${owner}/${name} is ${found.visibility}, and slipway:repository.visibility is ${visibility}; nothing was changed. ${setting("visibility", found.visibility, stack)}`,
    );
  }
  return { name, url: found.htmlUrl, provider };
}
