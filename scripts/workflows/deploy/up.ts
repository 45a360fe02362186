import type { Target } from "../../../infra/github/branching/branching-model.ts";
import { gateOf } from "../../../infra/github/plan-limits.ts";
import type { RepositorySettings } from "../../../infra/schema/repository.ts";
import { deploymentOf } from "../deployment.ts";
import { notice } from "../notice.ts";
import { surroundingsOf } from "../surroundings.ts";
import { checkout, type Job, runner, script } from "../workflow.ts";
import { setImage } from "./set-image.ts";

/** Sees to the approval and to the plan that it was for, deploys, and tells what came of it. */
export function up(settings: RepositorySettings, target: Target): Job {
  const gate = gateOf(settings, target);
  const { environment, given } = surroundingsOf(settings, target);
  const env = { ...given, STACK: target };
  const isGuarded = gate === "reviewers";
  const isApproved = gate === "comment";
  const deployment = deploymentOf(settings, target);
  return {
    name: "Deploy",
    needs: gate === "none" ? ["image"] : ["image", "plan"],
    // Where a comment approves, the run that it starts makes no plan to be approved.
    ...(isApproved
      ? { if: "!cancelled() && needs.image.result == 'success' && inputs.approval != ''" }
      : {}),
    "runs-on": runner,
    "timeout-minutes": 120,
    ...(environment
      ? { environment: { ...environment, url: "${{ steps.report.outputs.url }}" } }
      : {}),
    concurrency: { group: `deploy-${target}`, "cancel-in-progress": false },
    permissions: {
      contents: "read",
      ...deployment.permissions,
      ...(isApproved
        ? {
            "pull-requests": "read # to see who wrote what is deployed",
            issues: "read # to see who approved it",
          }
        : {}),
    },
    steps: [
      checkout(0),
      ...(isApproved
        ? [
            {
              name: "Approval",
              id: "approval",
              env: {
                STACK: target,
                APPROVAL: "${{ inputs.approval }}",
                GITHUB_TOKEN: "${{ github.token }}",
              },
              run: script("require-approval", '--stack "$STACK" --approval "$APPROVAL"'),
            },
          ]
        : []),
      setImage(env),
      ...(isGuarded || isApproved
        ? [
            {
              name: "The plan that was approved",
              env: {
                ...env,
                PLAN: isGuarded
                  ? "${{ needs.plan.outputs.hash }}"
                  : "${{ steps.approval.outputs.hash }}",
              },
              run: 'npm run --silent plan -- --stack "$STACK" --expect "$PLAN"',
            },
          ]
        : []),
      ...deployment.begin,
      {
        name: "Deploy",
        env,
        // The engine gets the signals of a run that is cancelled, and ends what is under way.
        run: 'eval "$(npm run --silent env -- --stack "$STACK")"\nexec pulumi up --yes --skip-preview --non-interactive',
      },
      {
        name: "Report",
        id: "report",
        if: "always()",
        env,
        run: script("report-deploy", '--stack "$STACK"'),
      },
      ...deployment.end,
      ...notice(env, `Deploy of ${target}`),
    ],
  };
}
