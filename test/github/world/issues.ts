import type { Account } from "./actors.ts";
import type { MergeMethod } from "./repository.ts";

export interface Comment {
  id: number;
  author: Account;
  body: string;
  createdAt: string;
  updatedAt: string;
}

/** An issue, or the part of a pull request that is like one. */
export interface Issue {
  id: number;
  number: number;
  title: string;
  body: string | null;
  author: Account;
  state: "open" | "closed";
  stateReason: string | null;
  labels: string[];
  comments: Comment[];
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
}

export interface Review {
  id: number;
  author: Account;
  state: "APPROVED" | "CHANGES_REQUESTED" | "COMMENTED" | "DISMISSED";
  body: string;
  /** What was looked at. */
  commit: string;
  submittedAt: string;
}

/** A conversation on a line of the change. */
export interface Thread {
  id: number;
  author: Account;
  path: string;
  line: number;
  body: string;
  commit: string;
  isResolved: boolean;
  createdAt: string;
}

export interface PullRequest {
  issue: Issue;
  head: { ref: string; sha: string };
  base: { ref: string; sha: string };
  isDraft: boolean;
  reviews: Review[];
  threads: Thread[];
  /** Who pushed to the head last. */
  lastPusher: Account;
  merge?: { sha: string; method: MergeMethod; by: Account; at: string };
}
