/** A rule as GitHub's JSON has it. */
export interface Rule {
  type: string;
  parameters?: RuleParameters;
}

/** The parameters that are enforced. */
export interface RuleParameters {
  allowed_merge_methods?: string[];
  dismiss_stale_reviews_on_push?: boolean;
  require_last_push_approval?: boolean;
  required_approving_review_count?: number;
  required_review_thread_resolution?: boolean;
  required_status_checks?: { context: string; integration_id?: number | null }[];
  strict_required_status_checks_policy?: boolean;
  do_not_enforce_on_create?: boolean;
}

export interface BypassActor {
  actor_id?: number | null;
  actor_type:
    | "Integration"
    | "OrganizationAdmin"
    | "RepositoryRole"
    | "Team"
    | "DeployKey"
    | "User";
  bypass_mode?: "always" | "pull_request" | "exempt";
}

/** A ruleset as GitHub's JSON has it. */
export interface Ruleset {
  id: number;
  name: string;
  target: "branch" | "tag" | "push";
  enforcement: "active" | "evaluate" | "disabled";
  bypass_actors: BypassActor[];
  conditions: { ref_name?: { include?: string[]; exclude?: string[] } } | null;
  rules: Rule[];
  created_at: string;
  updated_at: string;
}
