import { type Account, isAtLeast, type Role } from "../world/actors.ts";
import type { Repository } from "../world/repository.ts";
import { simpleUser } from "./accounts.ts";

/** A repository that was asked for, by somebody with a role in it. */
export function fullRepository(repository: Repository, role: Role | undefined) {
  const { id, name, fullName, owner, createdAt, defaultBranch, mergeMethods } = repository;
  const openIssues = [...repository.issues.values()].filter(({ state }) => state === "open").length;
  return {
    ...{ id, name, full_name: fullName, owner: simpleUser(owner as Account), fork: false },
    ...{ private: repository.isPrivate, visibility: repository.visibility, description: null },
    ...{ default_branch: defaultBranch, archived: repository.archived, disabled: false },
    ...{ has_issues: true, has_projects: false, has_wiki: false, has_pages: false },
    ...{
      has_downloads: true,
      has_discussions: false,
      homepage: null,
      language: null,
      license: null,
      topics: [],
    },
    ...{ forks: 0, forks_count: 0, stargazers_count: 0, watchers: 0, watchers_count: 0, size: 1 },
    ...{ open_issues: openIssues, open_issues_count: openIssues },
    ...{ network_count: 0, subscribers_count: 0, is_template: false },
    ...{ allow_merge_commit: mergeMethods.has("merge") },
    ...{ allow_squash_merge: mergeMethods.has("squash") },
    ...{ allow_rebase_merge: mergeMethods.has("rebase") },
    ...{ created_at: createdAt, updated_at: createdAt, pushed_at: createdAt },
    permissions: {
      ...{ admin: isAtLeast(role, "admin"), maintain: isAtLeast(role, "maintain") },
      ...{ push: isAtLeast(role, "write"), triage: isAtLeast(role, "triage"), pull: true },
    },
  };
}
