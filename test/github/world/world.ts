import { BareRepository } from "../git/bare-repository.ts";
import { installHooks } from "../git/install-hooks.ts";
import type { SealedBox } from "../sealed-box.ts";
import {
  type Account,
  isAtLeast,
  type Plan,
  type Role,
  roles,
  type Team,
  type Token,
} from "./actors.ts";
import { Repository, type Visibility } from "./repository.ts";

/** The app that GitHub's own workflows act as. */
export const actionsApp = 15368;

export interface RepositorySeed {
  /** Defaults to private. */
  visibility?: Visibility;
  /** Roles of people by login. */
  roles?: Record<string, Role>;
  /** Roles of teams by slug. */
  teams?: Record<string, Role>;
}

/** Everything that this GitHub knows, and how a test fills it. */
export class World {
  readonly accounts = new Map<string, Account>();
  readonly teams: Team[] = [];
  readonly tokens = new Map<string, Token>();
  /** By full name in lower case. */
  readonly repositories = new Map<string, Repository>();
  /** Where hooks of repositories ask whether a push is allowed; set by who answers there. */
  hooksUrl = "";
  /** What secrets are sealed for. */
  readonly box: SealedBox;
  private last = 1000;

  constructor(box: SealedBox) {
    this.box = box;
    this.account("github-actions[bot]", "Bot").appId = actionsApp;
  }

  nextId(): number {
    this.last += 1;
    return this.last;
  }

  user(login: string, plan: Plan = "free"): Account {
    return this.account(login, "User", plan);
  }

  /** An organization; its owners are admins of each of its repositories. */
  organization(login: string, plan: Plan, owners: string[] = []): Account {
    const made = this.account(login, "Organization", plan);
    for (const each of owners) {
      made.owners.add(each);
      made.members.add(each);
    }
    return made;
  }

  team(organization: string, slug: string, members: string[]): Team {
    const owner = this.find(organization);
    for (const each of members) owner.members.add(each);
    const team = {
      ...{ id: this.nextId(), slug, name: slug, organization: owner },
      ...{ members: new Set(members), createdAt: now() },
    };
    this.teams.push(team);
    return team;
  }

  /** A token of an account, which may be restricted as a workflow's is. */
  token(text: string, login: string, permissions?: Token["permissions"]): void {
    const account = this.find(login);
    this.tokens.set(text, permissions ? { account, permissions } : { account });
  }

  /** A repository with one commit on `main`. */
  async repository(fullName: string, seed: RepositorySeed = {}): Promise<Repository> {
    const [owner = "", name = ""] = fullName.split("/");
    const git = await BareRepository.create("main");
    const made = new Repository(this.nextId(), this.find(owner), name, git, now());
    made.visibility = seed.visibility ?? "private";
    for (const [login, role] of Object.entries(seed.roles ?? {}))
      made.roles.set(this.find(login).login, role);
    for (const [slug, role] of Object.entries(seed.teams ?? {}))
      made.teams.set(this.findTeam(owner, slug), role);
    const first = await git.commit({ files: { "README.md": `# ${name}\n` }, message: "Begin" });
    await git.setRef("refs/heads/main", first);
    await installHooks(git, this.hooksUrl, fullName);
    this.repositories.set(fullName.toLowerCase(), made);
    return made;
  }

  find(login: string): Account {
    const found = this.accounts.get(login.toLowerCase());
    if (!found) throw new Error(`nobody is called ${login}`);
    return found;
  }

  findTeam(organization: string, slug: string): Team {
    const found = this.teams.find(
      (each) => each.organization.login === organization && each.slug === slug,
    );
    if (!found) throw new Error(`${organization} has no team ${slug}`);
    return found;
  }

  /** What somebody may do in a repository; undefined when nothing at all. */
  roleOf(repository: Repository, account: Account): Role | undefined {
    const { owner } = repository;
    if (owner.id === account.id || owner.owners.has(account.login)) return "admin";
    // What a workflow's token may is said by its permissions.
    if (account.type === "Bot") return "write";
    const held: Role[] = repository.isPrivate ? [] : ["read"];
    const own = repository.roles.get(account.login);
    if (own) held.push(own);
    for (const [team, role] of repository.teams)
      if (team.members.has(account.login)) held.push(role);
    return [...roles].reverse().find((role) => held.includes(role));
  }

  /** Whether somebody has at least a role in a repository. */
  holds(repository: Repository, account: Account, least: Role): boolean {
    return isAtLeast(this.roleOf(repository, account), least);
  }

  private account(login: string, type: Account["type"], plan: Plan = "free"): Account {
    const made: Account = {
      ...{ id: this.nextId(), login, type, plan, createdAt: now() },
      ...{ owners: new Set<string>(), members: new Set<string>() },
    };
    this.accounts.set(login.toLowerCase(), made);
    return made;
  }
}

/** The time as GitHub writes it. */
export function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, "Z");
}
