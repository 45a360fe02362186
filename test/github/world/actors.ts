/** What a price plan allows differs for private repositories alone. */
export type Plan = "free" | "team" | "enterprise";

/** From the least to the most; each holds what those before it hold. */
export const roles = ["read", "triage", "write", "maintain", "admin"] as const;
export type Role = (typeof roles)[number];

/** Whoever does something: a person, an organization or an app's bot. */
export interface Account {
  id: number;
  login: string;
  type: "User" | "Organization" | "Bot";
  createdAt: string;
  /** Of an owner of repositories. */
  plan: Plan;
  /** Of an organization: who owns it, and who is in it. */
  owners: Set<string>;
  members: Set<string>;
  /** Of a bot: the app that it is. */
  appId?: number;
}

export interface Team {
  id: number;
  slug: string;
  name: string;
  organization: Account;
  members: Set<string>;
  createdAt: string;
}

/** What a token may be restricted to, by the names that workflows and fine-grained tokens use. */
export type Permission =
  | "actions"
  | "administration"
  | "checks"
  | "contents"
  | "deployments"
  | "environments"
  | "issues"
  | "metadata"
  | "pull_requests"
  | "secrets"
  | "statuses"
  | "variables";

export type Level = "read" | "write";

export interface Token {
  account: Account;
  /** Without any it may what its account may. */
  permissions?: Partial<Record<Permission, Level>>;
}

/** Whether a role is at least another. */
export function isAtLeast(role: Role | undefined, least: Role): boolean {
  return role !== undefined && roles.indexOf(role) >= roles.indexOf(least);
}
