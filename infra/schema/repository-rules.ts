import type { z } from "zod";
import type { Target } from "../github/branching/branching-model.ts";
import { branchingOf } from "../github/branching.ts";
import { approversOf, featuresOf, gateOf } from "../github/plan-limits.ts";
import { isAudited } from "../github/planned-environments.ts";
import type { EnvironmentSettings, RepositorySettings } from "./repository.ts";
import type { Example } from "./shapes.ts";

const targets: Target[] = ["development", "staging", "production"];

/** Adds an issue for each combination of settings of a repository that cannot work. */
export function repositoryRules(
  settings: RepositorySettings,
  context: z.core.$RefinementCtx<RepositorySettings>,
): void {
  const { branching, environments } = settings;
  const { deploys } = branchingOf(settings);
  const add = (path: string[], message: string, example: Example) =>
    context.addIssue({ code: "custom", path, message, params: { example } });
  if (settings.application && !settings.image) {
    add(["image"], "the name of the image that is built of application", {
      value: `ghcr.io/${settings.owner}/${settings.name}`.toLowerCase(),
    });
  }
  if (isAudited(settings) && !featuresOf(settings).environments) {
    const why = "every branch could read there what this repository is administrated with";
    add(["environments", "github"], `nothing on this plan, since ${why}`, "remove");
  } else if (isAudited(settings) && !settings.token) {
    add(["token"], "what the audit of this repository asks GitHub with", { value: "ghp_…" });
  }
  for (const target of targets) {
    const path = ["environments", target];
    if (!(target in deploys)) {
      if (saysAnything(environments[target]))
        add(path, `nothing, since ${branching} deploys no ${target}`, "remove");
    } else if (gateOf(settings, target) === "comment" && approversOf(settings, target).length < 1) {
      const why = `whose comment approves a deploy to ${target}, since GitHub asks no team on this plan`;
      add(["approvers"], `logins of those ${why}`, { value: "octocat", under: "[0]" });
    }
  }
}

function saysAnything({ reviewers, variables, secrets, ...rest }: EnvironmentSettings): boolean {
  const { waitMinutes, preventSelfReview } = rest;
  const lists = [reviewers.users, reviewers.teams, Object.keys(variables), Object.keys(secrets)];
  return lists.flat().length + waitMinutes > 0 || preventSelfReview;
}
