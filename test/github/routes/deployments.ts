import {
  bodyOf,
  created,
  found,
  inRepository,
  ok,
  Refusal,
  type RepositoryCall,
  type Route,
} from "../http/route.ts";
import { unpassedContexts } from "../rules/checks.ts";
import { deployment as shape, deploymentStatus as statusShape } from "../shapes/deployments.ts";
import type { Deployment, DeploymentStatus } from "../world/automation.ts";
import { now } from "../world/world.ts";

interface DeploymentBody {
  ref: string;
  task: string;
  environment: string;
  description: string | null;
  payload: Deployment["payload"];
  auto_merge: boolean;
  required_contexts: string[];
}

interface StatusBody {
  state: string;
  description: string;
  environment_url: string;
  log_url: string;
}

export const deploymentRoutes: Route[] = [
  inRepository("repos/create-deployment", "deployments", "write", async (call) => {
    const { world, repository, actor } = call;
    const {
      ref = "",
      task = "deploy",
      environment = "production",
      ...body
    } = bodyOf<DeploymentBody>(call);
    const sha = found(await repository.git.resolve(ref));
    if (body.auto_merge !== false)
      throw new Error("the emulator merges no default branch into a ref");
    if (unpassedContexts(repository, sha, body.required_contexts).length > 0) {
      throw new Refusal(409, `Conflict: Commit status checks failed for ${sha}.`, {
        errors: [{ resource: "Deployment", field: "required_contexts", code: "invalid" }],
      });
    }
    const made: Deployment = {
      ...{ id: world.nextId(), ref, sha, task },
      ...{ environment, description: body.description ?? null, payload: body.payload ?? {} },
      ...{ creator: actor, statuses: [], createdAt: now() },
    };
    repository.deployments.push(made);
    return created(shape(made));
  }),
  inRepository("repos/list-deployments", "deployments", "read", ({ repository, query }) => {
    const wanted = (["environment", "ref", "sha", "task"] as const).filter(
      (name) => query[name] && query[name] !== "none",
    );
    const all = repository.deployments.filter((each) =>
      wanted.every((name) => each[name] === query[name]),
    );
    return ok(all.reverse().map(shape));
  }),
  inRepository("repos/get-deployment", "deployments", "read", (call) =>
    ok(shape(deploymentOf(call))),
  ),
  inRepository("repos/create-deployment-status", "deployments", "write", (call) => {
    const deployment = deploymentOf(call);
    const {
      state = "",
      description = "",
      environment_url: url = "",
      log_url: log = "",
    } = bodyOf<StatusBody>(call);
    const made: DeploymentStatus = {
      ...{ id: call.world.nextId(), state, description, environmentUrl: url, logUrl: log },
      ...{ creator: call.actor, createdAt: now() },
    };
    deployment.statuses.push(made);
    return created(statusShape(made, deployment));
  }),
  inRepository("repos/list-deployment-statuses", "deployments", "read", (call) => {
    const deployment = deploymentOf(call);
    return ok([...deployment.statuses].reverse().map((each) => statusShape(each, deployment)));
  }),
];

function deploymentOf({ repository, path }: RepositoryCall): Deployment {
  return found(repository.deployments.find(({ id }) => id === Number(path.deployment_id)));
}
