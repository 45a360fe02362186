import type { Target } from "../../infra/github/branching/branching-model.ts";
import type { RepositorySettings } from "../../infra/schema/repository.ts";
import { deploymentOf } from "./deployment.ts";
import { notice } from "./notice.ts";
import { surroundingsOf } from "./surroundings.ts";
import { checkout, runner, script, type Workflow } from "./workflow.ts";

/** Back to an earlier release of a stack, by hand; without a name to the one before. */
export function rollback(settings: RepositorySettings, target: Target): Workflow {
  const { environment, given } = surroundingsOf(settings, target);
  const env = { ...given, STACK: target };
  const deployment = deploymentOf(settings, target);
  return {
    name: `Roll back ${target}`,
    on: {
      workflow_dispatch: {
        inputs: {
          release: {
            description: "The release to go back to; without it, the one before",
            type: "string",
          },
        },
      },
    },
    jobs: {
      rollback: {
        name: "Roll back",
        "runs-on": runner,
        "timeout-minutes": 120,
        ...(environment
          ? { environment: { ...environment, url: "${{ steps.report.outputs.url }}" } }
          : {}),
        concurrency: { group: `deploy-${target}`, "cancel-in-progress": false },
        permissions: { contents: "read", ...deployment.permissions },
        steps: [
          checkout(0),
          {
            name: "Releases",
            env,
            run: "{ echo '```'; npm run --silent releases -- --stack \"$STACK\"; echo '```'; } >>\"$GITHUB_STEP_SUMMARY\"",
          },
          ...deployment.begin,
          {
            name: "Roll back",
            env: { ...env, RELEASE: "${{ inputs.release }}" },
            run: 'exec npm run --silent rollback -- --stack "$STACK" --yes ${RELEASE:+--to "$RELEASE"}',
          },
          {
            name: "Report",
            id: "report",
            if: "always()",
            env,
            run: script("report-deploy", '--stack "$STACK"'),
          },
          ...deployment.end,
          ...notice(env, `Rollback of ${target}`),
        ],
      },
    },
  };
}
