import { defaultBranch, type Target } from "../../infra/github/branching/branching-model.ts";
import { branchingOf } from "../../infra/github/branching.ts";
import { isAudited } from "../../infra/github/planned-environments.ts";
import type { RepositorySettings } from "../../infra/schema/repository.ts";
import { githubStack } from "../workspace.ts";
import { notice } from "./notice.ts";
import { planSurroundings, type Surroundings, surroundingsOf } from "./surroundings.ts";
import { checkout, type Job, runner, type Step, script, type Workflow } from "./workflow.ts";

/** Every night, each stack against what its last commit says; what differs stands in one issue until it does not. */
export function drift(settings: RepositorySettings): Workflow {
  const targets = Object.keys(branchingOf(settings).deploys) as Target[];
  const jobs = targets.map((target): [string, Job] => [
    target,
    audit(
      target,
      planSurroundings(settings, target),
      [checkout(0), lastDeployed(settings, target)],
      isThere,
    ),
  ]);
  if (isAudited(settings)) {
    // What is deployed from no branch is what the default one says.
    jobs.push([
      githubStack,
      audit(githubStack, surroundingsOf(settings, githubStack), [checkout()]),
    ]);
  }
  return {
    name: "Drift",
    on: { schedule: [{ cron: "17 3 * * *" }], workflow_dispatch: {} },
    concurrency: { group: "drift", "cancel-in-progress": false },
    jobs: Object.fromEntries(jobs),
  };
}

function lastDeployed(settings: RepositorySettings, target: Target): Step {
  const { branches = [], tags = [] } = branchingOf(settings).deploys[target] ?? {};
  const refs = [
    ...branches.map((pattern) => `refs/remotes/origin/${pattern}`),
    ...tags.map((pattern) => `refs/tags/${pattern}`),
  ];
  return {
    name: "What was deployed last",
    id: "last",
    env: { REFS: refs.join(" ") },
    run: [
      'read -ra refs <<<"$REFS"',
      "last=$(git for-each-ref --sort=-creatordate --count=1 --format='%(refname)' \"${refs[@]}\")",
      'echo "ref=$last" >>"$GITHUB_OUTPUT"',
      'if [ -n "$last" ]; then git checkout --quiet --detach "$last"; else echo "Nothing was deployed yet."; fi',
    ].join("\n"),
  };
}

/** Before the first version is tagged, or staging's branch is made, there is nothing to look for. */
const isThere = "steps.last.outputs.ref != ''";

function audit(
  stack: string,
  { environment, given }: Surroundings,
  configuration: Step[],
  when?: string,
): Job {
  const env = { ...given, STACK: stack };
  return {
    name: stack,
    if: `github.ref == 'refs/heads/${defaultBranch}'`,
    "runs-on": runner,
    "timeout-minutes": 30,
    ...(environment ? { environment } : {}),
    permissions: { contents: "read", issues: "write # to tell of drift" },
    steps: [
      ...configuration,
      {
        name: "Audit",
        id: "audit",
        ...(when ? { if: when } : {}),
        env,
        run: [
          "status=0",
          'npm run --silent audit -- --stack "$STACK" --json >"$RUNNER_TEMP/audit.json" || status=$?',
          '[ "$status" = 0 ] || [ "$status" = 2 ]',
        ].join("\n"),
      },
      {
        name: "Issue",
        ...(when ? { if: when } : {}),
        env: { STACK: stack, GITHUB_TOKEN: "${{ github.token }}" },
        run: `${script("report-drift", '--stack "$STACK"')} <"$RUNNER_TEMP/audit.json"`,
      },
      ...notice(env, `Audit of ${stack}`).map((step) => ({ ...step, if: "failure()" })),
    ],
  };
}
