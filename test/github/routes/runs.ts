import {
  bodyOf,
  found,
  inRepository,
  noContent,
  ok,
  Refusal,
  type RepositoryCall,
  type Route,
} from "../http/route.ts";
import { judgeApproval, judgeDeployment } from "../rules/deployment.ts";
import { simpleTeam, simpleUser } from "../shapes/accounts.ts";
import { deployment as deploymentShape } from "../shapes/deployments.ts";
import type { Dispatch, Run } from "../world/automation.ts";
import type { Environment } from "../world/environment.ts";
import { startRun } from "../world/start-run.ts";
import { now } from "../world/world.ts";

interface ApprovalBody {
  environment_ids: number[];
  state: "approved" | "rejected";
  comment: string;
}

/** Runs of workflows, as far as somebody starts them or lets them into an environment. */
export const runRoutes: Route[] = [
  inRepository("actions/create-workflow-dispatch", "actions", "write", dispatch),
  inRepository("actions/get-pending-deployments-for-run", "actions", "read", (call) => {
    const run = runOf(call);
    return ok([...run.waiting].map((name) => pending(call, run, environmentNamed(call, name))));
  }),
  inRepository("actions/review-pending-deployments-for-run", "deployments", "write", review),
  inRepository("actions/get-reviews-for-run", "actions", "read", (call) =>
    ok(
      runOf(call).approvals.map(({ environment, state, by, comment }) => {
        const { id, name, createdAt, updatedAt } = environmentNamed(call, environment);
        const shape = { id, name, created_at: createdAt, updated_at: updatedAt };
        return { environments: [shape], state, user: simpleUser(by), comment };
      }),
    ),
  ),
];

function runOf({ repository, path }: RepositoryCall): Run {
  return found(repository.runs.find(({ id }) => id === Number(path.run_id)));
}

function environmentNamed({ repository }: RepositoryCall, name: string): Environment {
  return found(repository.environments.get(name.toLowerCase()));
}

async function dispatch(call: RepositoryCall) {
  const { world, repository, path, actor } = call;
  const { ref = "", inputs = {} } = bodyOf<Dispatch>(call);
  const heads = `refs/heads/${ref.replace(/^refs\/heads\//, "")}`;
  const full = (await repository.git.readRef(heads)) ? heads : `refs/tags/${ref}`;
  if (!(await repository.git.readRef(full))) throw new Refusal(422, `No ref found for: ${ref}`);
  const workflow = path.workflow_id ?? "";
  const run = startRun(world, repository, actor, workflow, full);
  repository.dispatches.push({ workflow, ref, inputs, actor, runId: run.id });
  const { return_run_details: wantsRun } = bodyOf<{ return_run_details: boolean }>(call);
  return wantsRun ? ok({ workflow_run_id: run.id }) : noContent;
}

function pending(call: RepositoryCall, run: Run, environment: Environment) {
  const { id, name, reviewers } = environment;
  const { world, repository, actor } = call;
  return {
    environment: { id, name },
    ...{ wait_timer: environment.waitMinutes, wait_timer_started_at: null },
    current_user_can_approve: judgeApproval(world, repository, environment, run.actor, actor)
      .allowed,
    reviewers: reviewers.map((each) =>
      each.type === "User"
        ? { type: each.type, reviewer: simpleUser(each.reviewer) }
        : { type: each.type, reviewer: simpleTeam(each.reviewer) },
    ),
  };
}

async function review(call: RepositoryCall) {
  const { world, repository, actor } = call;
  const run = runOf(call);
  const {
    environment_ids: ids = [],
    state = "rejected",
    comment = "",
  } = bodyOf<ApprovalBody>(call);
  const environments = [...run.waiting].map((name) => environmentNamed(call, name));
  const chosen = environments.filter(({ id }) => ids.includes(id));
  if (chosen.length < ids.length)
    throw new Refusal(422, "No pending deployment requests to approve or reject");
  for (const environment of chosen) {
    const decision = judgeApproval(world, repository, environment, run.actor, actor);
    const { reasons } = decision.allowed ? judgeDeployment(environment, run.ref) : decision;
    if (reasons.length > 0) throw new Refusal(422, reasons.join("\n"));
    run.waiting.delete(environment.name);
    run.approvals.push({ environment: environment.name, state, by: actor, comment });
  }
  const { git, defaultBranch } = repository;
  const sha = (await git.resolve(run.ref)) ?? (await git.resolve(defaultBranch)) ?? "";
  return ok(
    chosen.map(({ name: environment }) =>
      deploymentShape({
        ...{
          id: world.nextId(),
          ref: run.ref,
          sha,
          task: "deploy",
          environment,
          description: null,
        },
        ...{ payload: {}, creator: run.actor, statuses: [], createdAt: now() },
      }),
    ),
  );
}
