import type { Target } from "../../infra/github/branching/branching-model.ts";
import { branchingOf } from "../../infra/github/branching.ts";
import { gateOf } from "../../infra/github/plan-limits.ts";
import type { RepositorySettings } from "../../infra/schema/repository.ts";
import { image } from "./image.ts";
import { planSurroundings, type Surroundings, surroundingsOf } from "./secrets.ts";
import { checkout, type Job, runner, type Step, script, type Workflow } from "./workflow.ts";

/**
 * A stack's deploy: its image, its plan, whose approval it needs, `up`. What waits for somebody is approved by the hash
 * of its plan, and refused when the plan is another one by then. One at a time, and none is cancelled in the middle.
 */
export function deploy(settings: RepositorySettings, target: Target): Workflow {
  const gate = gateOf(settings, target);
  const planning = planSurroundings(settings, target);
  const approval =
    gate === "comment"
      ? { approval: { description: "The comment that approves the plan", type: "string" } }
      : {};
  const ways = {
    image: {
      description: "An image by its digest, instead of that of this commit",
      type: "string",
    },
    ...approval,
  };
  const waits = gate !== "none";
  return {
    name: `Deploy ${target}`,
    on: {
      push: branchingOf(settings).deploys[target],
      workflow_dispatch: { inputs: ways },
    },
    jobs: {
      image: image(settings, target),
      ...(waits ? { plan: plan(settings, target, planning) } : {}),
      deploy: up(settings, target),
      ...(target === "production" && isByTag(settings) ? { release: release() } : {}),
    },
  };
}

const stack = (target: Target) => ({ STACK: target });
const chosenImage = { IMAGE: "${{ needs.image.outputs.reference }}" };

/** Only in this checkout: what runs is in the state, and no file has to name it. */
function setImage(given: Surroundings["given"]): Step {
  return {
    name: "Image",
    if: "needs.image.outputs.reference != ''",
    env: { ...given, ...chosenImage },
    run: 'npm run --silent pulumi -- --stack "$STACK" config set --path slipway:app.image "$IMAGE"',
  };
}

function plan(
  settings: RepositorySettings,
  target: Target,
  { environment, given }: Surroundings,
): Job {
  const asks = gateOf(settings, target) === "comment";
  return {
    name: "Plan",
    needs: ["image"],
    ...(asks ? { if: "inputs.approval == ''" } : {}),
    "runs-on": runner,
    "timeout-minutes": 15,
    ...(environment ? { environment } : {}),
    permissions: {
      contents: "read",
      ...(asks
        ? {
            "pull-requests": "write # to ask for approval there",
            issues: "write # to ask in an issue where there is no pull request",
          }
        : {}),
    },
    concurrency: { group: `plan-${target}`, "cancel-in-progress": false },
    outputs: { hash: "${{ steps.plan.outputs.hash }}" },
    steps: [
      checkout(0),
      setImage({ ...given, ...stack(target) }),
      {
        name: "Plan",
        id: "plan",
        env: { ...given, ...stack(target) },
        run: [
          'npm run --silent plan -- --stack "$STACK" | tee "$RUNNER_TEMP/plan.md" >>"$GITHUB_STEP_SUMMARY"',
          'sed -n "s/.*plan \\`\\([0-9a-f]*\\)\\`.*/hash=\\1/p" "$RUNNER_TEMP/plan.md" >>"$GITHUB_OUTPUT"',
        ].join("\n"),
      },
      ...(asks
        ? [
            {
              name: "Ask for approval",
              env: { ...stack(target), ...chosenImage, GITHUB_TOKEN: "${{ github.token }}" },
              run: `${script("ask-approval", '--stack "$STACK"')} <"$RUNNER_TEMP/plan.md"`,
            },
          ]
        : []),
    ],
  };
}

function up(settings: RepositorySettings, target: Target): Job {
  const gate = gateOf(settings, target);
  const { environment, given } = surroundingsOf(settings, target);
  const env = { ...given, ...stack(target) };
  const isGuarded = gate === "reviewers";
  const isApproved = gate === "comment";
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
                ...stack(target),
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
      ...notice(env, `Deploy of ${target}`),
    ],
  };
}

/** Where the environment has a webhook's address among its secrets, it is told how the job ended. */
export function notice(env: Record<string, string>, about: string): Step[] {
  const { WEBHOOK_URL } = env;
  if (!WEBHOOK_URL) return [];
  return [
    {
      name: "Notification",
      if: "always()",
      env: { WEBHOOK_URL, RESULT: "${{ job.status }}", ABOUT: about },
      run: script("notify", '--about "$ABOUT" --result "$RESULT"'),
    },
  ];
}

/** GitHub's release of a version that serves. */
function release(): Job {
  return {
    name: "Release",
    needs: ["deploy"],
    if: "github.ref_type == 'tag'",
    "runs-on": runner,
    "timeout-minutes": 10,
    concurrency: { group: "release-${{ github.ref }}", "cancel-in-progress": false },
    permissions: { contents: "write # to publish the release" },
    steps: [
      checkout(),
      {
        name: "Release",
        env: { GITHUB_TOKEN: "${{ github.token }}" },
        run: script("publish-release"),
      },
    ],
  };
}

function isByTag(settings: RepositorySettings): boolean {
  return (branchingOf(settings).deploys.production?.tags ?? []).length > 0;
}
