import type { Account, Team } from "./actors.ts";

export interface Secret {
  name: string;
  /** What was in the sealed box. */
  value: string;
  createdAt: string;
  updatedAt: string;
}

export interface Variable {
  name: string;
  value: string;
  createdAt: string;
  updatedAt: string;
}

export interface DeploymentPolicy {
  id: number;
  /** A pattern of names, without `refs/heads/`. */
  name: string;
  type: "branch" | "tag";
}

export type Reviewer = { type: "User"; reviewer: Account } | { type: "Team"; reviewer: Team };

/** A deployment environment. */
export interface Environment {
  id: number;
  name: string;
  waitMinutes: number;
  reviewers: Reviewer[];
  preventSelfReview: boolean;
  canAdminsBypass: boolean;
  /** Null allows every ref. */
  branchPolicy: { protected_branches: boolean; custom_branch_policies: boolean } | null;
  policies: Map<number, DeploymentPolicy>;
  secrets: Map<string, Secret>;
  variables: Map<string, Variable>;
  createdAt: string;
  updatedAt: string;
}
