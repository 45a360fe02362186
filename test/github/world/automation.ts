import type { Account } from "./actors.ts";

export interface CommitStatus {
  id: number;
  sha: string;
  state: "error" | "failure" | "pending" | "success";
  context: string;
  description: string | null;
  targetUrl: string | null;
  creator: Account;
  createdAt: string;
}

export interface CheckRun {
  id: number;
  name: string;
  sha: string;
  status: "queued" | "in_progress" | "completed";
  conclusion: string | null;
  appId: number;
  detailsUrl: string | null;
  title: string | null;
  summary: string | null;
  startedAt: string | null;
  completedAt: string | null;
}

export interface DeploymentStatus {
  id: number;
  state: string;
  description: string;
  environmentUrl: string;
  logUrl: string;
  creator: Account;
  createdAt: string;
}

export interface Deployment {
  id: number;
  ref: string;
  sha: string;
  task: string;
  environment: string;
  description: string | null;
  payload: Record<string, unknown> | string;
  creator: Account;
  statuses: DeploymentStatus[];
  createdAt: string;
}

export interface Release {
  id: number;
  tag: string;
  target: string;
  name: string | null;
  body: string | null;
  isDraft: boolean;
  isPrerelease: boolean;
  author: Account;
  createdAt: string;
}

/** A workflow that somebody started by hand or by the interface. */
export interface Dispatch {
  workflow: string;
  ref: string;
  inputs: Record<string, unknown>;
  actor: Account;
  runId: number;
}

/** A run of a workflow, as far as environments make its jobs wait. */
export interface Run {
  id: number;
  workflow: string;
  /** Such as `refs/heads/main`. */
  ref: string;
  actor: Account;
  /** Environments whose jobs wait, and what was decided of the others. */
  waiting: Set<string>;
  approvals: {
    environment: string;
    state: "approved" | "rejected";
    by: Account;
    comment: string;
  }[];
}
