import {
  bodyOf,
  created,
  found,
  inRepository,
  ok,
  type RepositoryCall,
  type Route,
} from "../http/route.ts";
import { checkRun as runShape, commitStatus as statusShape } from "../shapes/checks.ts";
import type { CheckRun, CommitStatus } from "../world/automation.ts";
import { actionsApp, now } from "../world/world.ts";

interface StatusBody {
  state: CommitStatus["state"];
  context: string;
  description: string | null;
  target_url: string | null;
}

interface CheckBody {
  name: string;
  head_sha: string;
  status: CheckRun["status"];
  conclusion: string;
  details_url: string;
  output: { title?: string; summary?: string };
}

/** Commit statuses and check runs. */
export const checkRoutes: Route[] = [
  inRepository("repos/create-commit-status", "statuses", "write", async (call) => {
    const { world, repository, path, actor } = call;
    const sha = found(await repository.git.resolve(path.sha ?? ""));
    const { state = "pending", context = "default", ...body } = bodyOf<StatusBody>(call);
    const made: CommitStatus = {
      ...{ id: world.nextId(), sha, state, context, description: body.description ?? null },
      ...{ targetUrl: body.target_url ?? null, creator: actor, createdAt: now() },
    };
    repository.statuses.push(made);
    return created(statusShape(made));
  }),
  inRepository("repos/list-commit-statuses-for-ref", "statuses", "read", async (call) => {
    const statuses = await statusesOf(call);
    return ok(statuses.reverse().map(statusShape));
  }),
  inRepository("repos/get-combined-status-for-ref", "statuses", "read", async (call) => {
    const last = new Map((await statusesOf(call)).map((each) => [each.context, each]));
    const states = [...last.values()].map(({ state }) => state);
    const { id, name, fullName, owner, isPrivate } = call.repository;
    return ok({
      ...{ sha: await call.repository.git.resolve(call.path.ref ?? ""), state: combined(states) },
      ...{ total_count: states.length, statuses: [...last.values()].map(statusShape) },
      repository: {
        ...{ id, name, full_name: fullName, private: isPrivate, description: null, fork: false },
        owner: { id: owner.id, login: owner.login, type: owner.type, site_admin: false },
      },
    });
  }),
  inRepository("checks/create", "checks", "write", (call) => {
    const { name = "", head_sha: sha = "", ...body } = bodyOf<CheckBody>(call);
    const made: CheckRun = {
      ...{ id: call.world.nextId(), name, sha, status: "queued", conclusion: null },
      ...{ appId: call.actor.appId ?? actionsApp, detailsUrl: null, title: null, summary: null },
      ...{ startedAt: now(), completedAt: null },
    };
    apply(made, body);
    call.repository.checkRuns.push(made);
    return created(runShape(made));
  }),
  inRepository("checks/update", "checks", "write", (call) => {
    const known = found(
      call.repository.checkRuns.find(({ id }) => id === Number(call.path.check_run_id)),
    );
    apply(known, bodyOf<CheckBody>(call));
    return ok(runShape(known));
  }),
  inRepository("checks/list-for-ref", "checks", "read", async ({ repository, path, query }) => {
    const sha = found(await repository.git.resolve(path.ref ?? ""));
    const all = repository.checkRuns.filter(
      (each) => each.sha === sha && (!query.check_name || each.name === query.check_name),
    );
    return ok({ total_count: all.length, check_runs: all.reverse().map(runShape) });
  }),
];

function apply(run: CheckRun, body: Partial<CheckBody>): void {
  const { status, conclusion, details_url: detailsUrl, output } = body;
  if (status) run.status = status;
  if (detailsUrl) run.detailsUrl = detailsUrl;
  if (output) Object.assign(run, { title: output.title ?? null, summary: output.summary ?? null });
  // A conclusion completes a run by itself.
  if (conclusion) Object.assign(run, { conclusion, status: "completed", completedAt: now() });
}

async function statusesOf({ repository, path }: RepositoryCall): Promise<CommitStatus[]> {
  const sha = found(await repository.git.resolve(path.ref ?? ""));
  return repository.statuses.filter((each) => each.sha === sha);
}

function combined(states: string[]): string {
  if (states.some((each) => each === "error" || each === "failure")) return "failure";
  return states.length > 0 && states.every((each) => each === "success") ? "success" : "pending";
}
