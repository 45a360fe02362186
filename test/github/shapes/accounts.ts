import type { Account, Team } from "../world/actors.ts";

/** An account as it stands inside other answers. Addresses are filled in by the contract. */
export function simpleUser(account: Account) {
  return {
    ...{ id: account.id, login: account.login, type: account.type, site_admin: false },
    user_view_type: "public",
  };
}

/** An account that was asked for. */
export function publicUser(account: Account) {
  return {
    ...simpleUser(account),
    ...{ name: account.login, company: null, blog: null, location: null, email: null },
    ...{ hireable: null, bio: null, public_repos: 0, public_gists: 0, followers: 0, following: 0 },
    ...{ created_at: account.createdAt, updated_at: account.createdAt },
  };
}

export function organization(account: Account) {
  return {
    ...{ id: account.id, login: account.login, type: account.type, name: account.login },
    ...{ description: null, has_organization_projects: false, has_repository_projects: false },
    ...{ public_repos: 0, public_gists: 0, followers: 0, following: 0, archived_at: null },
    ...{ created_at: account.createdAt, updated_at: account.createdAt },
    plan: { name: account.plan, space: 0, private_repos: 0 },
  };
}

/** A team as it stands inside other answers. */
export function simpleTeam(team: Team) {
  return {
    ...{ id: team.id, name: team.name, slug: team.slug, description: null, privacy: "closed" },
    ...{ permission: "pull", notification_setting: "notifications_enabled", parent: null },
    ...{ type: "organization", organization_id: team.organization.id },
  };
}

export function fullTeam(team: Team) {
  return {
    ...simpleTeam(team),
    ...{ created_at: team.createdAt, updated_at: team.createdAt },
    ...{ members_count: team.members.size, repos_count: 0 },
    organization: organization(team.organization),
  };
}
