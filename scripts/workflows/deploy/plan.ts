import type { Target } from "../../../infra/github/branching/branching-model.ts";
import { gateOf } from "../../../infra/github/plan-limits.ts";
import type { RepositorySettings } from "../../../infra/schema/repository.ts";
import { planSurroundings } from "../surroundings.ts";
import { checkout, type Job, runner, script } from "../workflow.ts";
import { chosenImage, setImage } from "./set-image.ts";

/** Makes the plan, tells it, and where a comment approves it asks for that. */
export function plan(settings: RepositorySettings, target: Target): Job {
  const { environment, given } = planSurroundings(settings, target);
  const env = { ...given, STACK: target };
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
      setImage(env),
      {
        name: "Plan",
        id: "plan",
        env,
        run: [
          'npm run --silent plan -- --stack "$STACK" | tee "$RUNNER_TEMP/plan.md" >>"$GITHUB_STEP_SUMMARY"',
          'sed -n "s/.*plan \\`\\([0-9a-f]*\\)\\`.*/hash=\\1/p" "$RUNNER_TEMP/plan.md" >>"$GITHUB_OUTPUT"',
        ].join("\n"),
      },
      ...(asks
        ? [
            {
              name: "Ask for approval",
              env: { STACK: target, ...chosenImage, GITHUB_TOKEN: "${{ github.token }}" },
              run: `${script("ask-approval", '--stack "$STACK"')} <"$RUNNER_TEMP/plan.md"`,
            },
          ]
        : []),
    ],
  };
}
