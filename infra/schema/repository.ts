import { z } from "zod";
import * as field from "./fields.ts";
import * as name from "./names.ts";
import { repositoryRules } from "./repository-rules.ts";
import { choice, list, map, section } from "./shapes.ts";

const logins = (example: string) =>
  list(name.githubLogin, "a list of logins on GitHub", example).default([]);

const values = {
  variables: map(
    name.actionsName,
    field.setting,
    "a map from names of variables of GitHub Actions to values",
  ).default({}),
  secrets: map(
    name.actionsName,
    field.secret,
    "a map from names of secrets of GitHub Actions to texts",
  ).default({}),
};

const environment = section({
  reviewers: section({
    users: logins("octocat"),
    teams: list(name.teamSlug, "a list of teams by their slugs", "operations").default([]),
  }).prefault({}),
  waitMinutes: field.waitMinutes.default(0),
  preventSelfReview: field.flag.default(false),
  ...values,
}).prefault({});

export type EnvironmentSettings = z.infer<typeof environment>;

/** A repository on GitHub whose rules, environments, variables and secrets are a stack of their own. */
export const repository = section({
  owner: name.githubLogin,
  name: name.repositoryName,
  visibility: choice("private", "internal", "public").default("private"),
  plan: choice("free", "team", "enterprise").default("free"),
  api: field.apiUrl.default("https://api.github.com/"),
  token: field.secret.optional(),
  branching: choice("promotion", "gitflow", "trunk").default("promotion"),
  stagingPushes: choice("direct", "pull-request").default("direct"),
  checks: list(field.text, "a list of names of jobs", "checks", 1).default(["checks"]),
  approvals: field.approvals.default(1),
  approvers: logins("octocat"),
  application: field.relativePath.optional(),
  image: name.imageName.optional(),
  environments: section({
    development: environment,
    staging: environment,
    production: environment,
    preview: section(values).prefault({}),
    github: section(values).prefault({}),
  }).prefault({}),
});

export type RepositorySettings = z.infer<typeof repository>;

/** What Pulumi.yaml gives every stack says nothing of this one. */
function withoutDefaults(given: unknown): unknown {
  return Object.fromEntries(
    Object.entries(given as object).filter(
      ([key, value]) => key !== "transport" && Object.keys(Object(value)).length > 0,
    ),
  );
}

/** Everything that the configuration of such a stack may say. */
export const repositoryStackShape = z.preprocess(
  withoutDefaults,
  section({ repository: repository.superRefine(repositoryRules) }),
);

/** Where the secrets of a repository stand. */
export function secretsOfRepository({ repository }: z.infer<typeof repositoryStackShape>) {
  const { token, environments } = repository;
  const within = Object.entries(environments).flatMap(([name, { secrets }]) =>
    Object.keys(secrets).map((key) => ["repository", "environments", name, "secrets", key]),
  );
  return [...(token ? [["repository", "token"]] : []), ...within];
}
