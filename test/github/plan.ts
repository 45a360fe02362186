import { Refusal } from "./http/route.ts";
import type { Repository } from "./world/repository.ts";

/** Refuses rulesets where the plan has none. */
export function requireRulesets({ isPrivate, owner }: Repository): void {
  if (isPrivate && owner.plan === "free")
    throw new Refusal(
      403,
      "Upgrade to GitHub Pro or make this repository public to enable this feature.",
    );
}

/** Refuses environments where the plan has none: they are simply not there. */
export function requireEnvironments({ isPrivate, owner }: Repository): void {
  if (isPrivate && owner.plan === "free") throw new Refusal(404, "Not Found");
}

const protections = ["wait_timer", "reviewers", "prevent_self_review", "can_admins_bypass"];

/** Refuses protection of an environment where the plan has none, even when a request only names it. */
export function requireProtections({ isPrivate, owner }: Repository, named: object): void {
  if (isPrivate && owner.plan === "team" && protections.some((each) => each in named))
    throw new Refusal(
      422,
      "Failed to create the environment protection rule. Please ensure the billing plan supports the required reviewers protection rule.",
    );
}
