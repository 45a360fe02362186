import type { RepositorySettings } from "../schema/repository.ts";

/** One line of what GitHub said when it was asked for a repository: what is wrong, and what to type. */
export function refusal(
  said: string,
  { owner, name, api }: Pick<RepositorySettings, "owner" | "name" | "api">,
  stack: string,
): string {
  const where = `${owner}/${name} at ${api}`;
  if (/rate limit|429/i.test(said)) {
    return `GitHub lets this token ask no more for now (${said}); nothing was changed. Try again later`;
  }
  if (/401|Bad credentials/.test(said)) {
    return `GitHub refuses the token for ${where}; nothing was changed. Give it a valid one: npm run pulumi -- --stack ${stack} config set --secret --path slipway:repository.token`;
  }
  if (/404|403/.test(said)) {
    return `${where} is not there, or the token may not see it; nothing was changed. ${setting("name", "NAME", stack)}`;
  }
  return `${where} cannot be reached (${said}); nothing was changed`;
}

/** What to type to set one of the repository's settings. */
export function setting(key: string, value: string, stack: string): string {
  return `Type: npm run pulumi -- --stack ${stack} config set --path slipway:repository.${key} ${value}`;
}
