import type { BareRepository } from "../git/bare-repository.ts";
import type { Account, Role, Team } from "./actors.ts";
import type { CheckRun, CommitStatus, Deployment, Dispatch, Release, Run } from "./automation.ts";
import type { Environment, Secret, Variable } from "./environment.ts";
import type { Issue, PullRequest } from "./issues.ts";
import type { Ruleset } from "./ruleset.ts";

export type Visibility = "public" | "private";
export type MergeMethod = "merge" | "squash" | "rebase";

/** All that GitHub keeps of a repository. Tests may read and change it as a hand in the browser would. */
export class Repository {
  readonly id: number;
  readonly owner: Account;
  readonly name: string;
  readonly git: BareRepository;
  readonly createdAt: string;
  visibility: Visibility = "private";
  archived = false;
  defaultBranch = "main";
  mergeMethods = new Set<MergeMethod>(["merge", "squash", "rebase"]);
  /** Whether a workflow's token may open and approve pull requests, which GitHub leaves switched off. */
  workflowsMayApprove = false;
  /** By login. */
  readonly roles = new Map<string, Role>();
  readonly teams = new Map<Team, Role>();
  readonly rulesets = new Map<number, Ruleset>();
  /** By name in lower case. */
  readonly environments = new Map<string, Environment>();
  /** By name in upper case, as GitHub keeps them. */
  readonly secrets = new Map<string, Secret>();
  readonly variables = new Map<string, Variable>();
  /** Issues and pull requests count together. */
  readonly issues = new Map<number, Issue>();
  readonly pulls = new Map<number, PullRequest>();
  /** Who pushed last to a branch, by its name. */
  readonly lastPusher = new Map<string, Account>();
  readonly statuses: CommitStatus[] = [];
  readonly checkRuns: CheckRun[] = [];
  readonly deployments: Deployment[] = [];
  readonly releases: Release[] = [];
  readonly dispatches: Dispatch[] = [];
  readonly runs: Run[] = [];

  constructor(id: number, owner: Account, name: string, git: BareRepository, createdAt: string) {
    this.id = id;
    this.owner = owner;
    this.name = name;
    this.git = git;
    this.createdAt = createdAt;
  }

  get fullName(): string {
    return `${this.owner.login}/${this.name}`;
  }

  get isPrivate(): boolean {
    return this.visibility === "private";
  }
}
