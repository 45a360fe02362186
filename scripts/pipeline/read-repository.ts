import { describeMistakes } from "../../infra/schema/mistakes.ts";
import { type RepositorySettings, repositoryStackShape } from "../../infra/schema/repository.ts";
import { readConfiguration } from "../environment.ts";
import { Failure } from "../failure.ts";
import { githubStack } from "../workspace.ts";

/** Its settings as its file has them. Secrets are in there only as names. */
export function readRepository(): RepositorySettings {
  const given = {
    repository: withoutSecrets(readConfiguration(githubStack)["slipway:repository"]),
  };
  const { data, error } = repositoryStackShape.safeParse(given);
  if (data) return data.repository;
  const reading = { stack: githubStack, project: "slipway", given, secret: new Set<string>() };
  throw new Failure(describeMistakes(error.issues, reading));
}

/** The CLI keeps a secret as a map with the one key `secure`. */
export function withoutSecrets(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if ("secure" in value) return "secret";
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withoutSecrets(each)]),
  );
}
