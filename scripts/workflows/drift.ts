import { defaultBranch, type Target } from "../../infra/github/branching/branching-model.ts";
import { branchingOf } from "../../infra/github/branching.ts";
import type { RepositorySettings } from "../../infra/schema/repository.ts";
import { notice } from "./notice.ts";
import { planSurroundings } from "./surroundings.ts";
import { checkout, type Job, runner, script, type Workflow } from "./workflow.ts";

/** Every night, each stack against what its last commit says; what differs stands in one issue until it does not. */
export function drift(settings: RepositorySettings): Workflow {
  const targets = Object.keys(branchingOf(settings).deploys) as Target[];
  return {
    name: "Drift",
    on: { schedule: [{ cron: "17 3 * * *" }], workflow_dispatch: {} },
    concurrency: { group: "drift", "cancel-in-progress": false },
    jobs: Object.fromEntries(targets.map((target) => [target, audit(settings, target)])),
  };
}

function audit(settings: RepositorySettings, target: Target): Job {
  const { environment, given } = planSurroundings(settings, target);
  const { branches = [], tags = [] } = branchingOf(settings).deploys[target] ?? {};
  const refs = [
    ...branches.map((pattern) => `refs/remotes/origin/${pattern}`),
    ...tags.map((pattern) => `refs/tags/${pattern}`),
  ];
  const env = { ...given, STACK: target };
  // Before the first version is tagged, or staging's branch is made, there is nothing to look for.
  const isThere = "steps.last.outputs.ref != ''";
  return {
    name: target,
    if: `github.ref == 'refs/heads/${defaultBranch}'`,
    "runs-on": runner,
    "timeout-minutes": 30,
    ...(environment ? { environment } : {}),
    permissions: { contents: "read", issues: "write # to tell of drift" },
    steps: [
      checkout(0),
      {
        name: "What was deployed last",
        id: "last",
        env: { REFS: refs.join(" ") },
        run: [
          'read -ra refs <<<"$REFS"',
          "last=$(git for-each-ref --sort=-creatordate --count=1 --format='%(refname)' \"${refs[@]}\")",
          'echo "ref=$last" >>"$GITHUB_OUTPUT"',
          'if [ -n "$last" ]; then git checkout --quiet --detach "$last"; else echo "Nothing was deployed yet."; fi',
        ].join("\n"),
      },
      {
        name: "Audit",
        id: "audit",
        if: isThere,
        env,
        run: [
          "status=0",
          'npm run --silent audit -- --stack "$STACK" --json >"$RUNNER_TEMP/audit.json" || status=$?',
          '[ "$status" = 0 ] || [ "$status" = 2 ]',
        ].join("\n"),
      },
      {
        name: "Issue",
        if: isThere,
        env: { STACK: target, GITHUB_TOKEN: "${{ github.token }}" },
        run: `${script("report-drift", '--stack "$STACK"')} <"$RUNNER_TEMP/audit.json"`,
      },
      ...notice(env, `Audit of ${target}`).map((step) => ({ ...step, if: "failure()" })),
    ],
  };
}
