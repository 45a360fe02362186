import { Octokit } from "@octokit/rest";
import type { GitHubEmulator } from "./emulator.ts";
import type { Token } from "./world/actors.ts";

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** GitHub's own client in the name of an account, whose token may be restricted as a workflow's is. */
export function clientOf(
  github: GitHubEmulator,
  login: string,
  permissions?: Token["permissions"],
): Octokit {
  const token = `token-${crypto.randomUUID()}`;
  github.world.token(token, login, permissions);
  return new Octokit({ baseUrl: github.apiUrl, auth: token, log: silent });
}
