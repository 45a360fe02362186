import { repository } from "../../../infra/schema/repository.ts";
import { workflowFiles } from "../../../scripts/workflows/workflows.ts";

/** What the settings of a test's repository say, beside how its jobs reach the states. */
export interface Given {
  plan: "free" | "enterprise";
  branching?: "promotion" | "trunk";
  /** Of `production`. */
  preventSelfReview?: boolean;
  reviewers: { users: string[] };
}

export const secretName = "PULUMI_CONFIG_PASSPHRASE";

/** The settings as a stack's file has them, but for the secrets. */
export function settingsOf({ plan, branching, ...production }: Given, backendUrl: string) {
  const variables = { PULUMI_BACKEND_URL: backendUrl };
  return {
    ...{ owner: "acme", name: "shop", plan, ...(branching ? { branching } : {}) },
    environments: { staging: { variables }, production: { variables, ...production } },
  };
}

/** The workflows that are written from them, by their paths. */
export function workflowsOf(settings: ReturnType<typeof settingsOf>): Record<string, string> {
  const { staging, production } = settings.environments;
  const secrets = { [secretName]: "" };
  const environments = { staging: { ...staging, secrets }, production: { ...production, secrets } };
  const files = workflowFiles(repository.parse({ ...settings, environments }));
  return Object.fromEntries([...files].map(([name, text]) => [`.github/workflows/${name}`, text]));
}
