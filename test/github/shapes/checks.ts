import type { CheckRun, CommitStatus } from "../world/automation.ts";
import { simpleUser } from "./accounts.ts";

export function commitStatus(given: CommitStatus) {
  const { id, state, context, description, targetUrl, creator, createdAt } = given;
  return {
    ...{ id, state, context, description, target_url: targetUrl, creator: simpleUser(creator) },
    ...{ avatar_url: null, created_at: createdAt, updated_at: createdAt },
  };
}

export function checkRun(given: CheckRun) {
  const { id, name, sha, status, conclusion, detailsUrl, title, summary } = given;
  return {
    ...{ id, name, head_sha: sha, status, conclusion, details_url: detailsUrl, external_id: "" },
    ...{ started_at: given.startedAt, completed_at: given.completedAt, pull_requests: [] },
    output: { title, summary, text: null, annotations_count: 0 },
    ...{ check_suite: { id }, app: null },
  };
}
