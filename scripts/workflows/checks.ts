import { checkout, runner, type Workflow } from "./workflow.ts";

/**
 * What has to pass before a commit comes to a protected branch. Forks get it, too: it has no secret. Commits that are
 * pushed there without a pull request have to have passed before, so it runs for every branch.
 */
export function checks(): Workflow {
  const job = (name: string, run: string) => ({
    name,
    "runs-on": runner,
    "timeout-minutes": 30,
    permissions: { contents: "read" as const },
    steps: [checkout(), { name: "Packages", run: "npm ci --no-audit --no-fund" }, { name, run }],
  });
  const jobs = {
    lint: job("Lint", "npx biome ci ."),
    types: job("Types", "npx tsc --noEmit --project ."),
    tests: job("Tests", "npx vitest run --config test/vitest.config.ts --project unit"),
  };
  const needs = Object.keys(jobs);
  return {
    name: "Checks",
    on: { pull_request: {}, push: { branches: ["**"] } },
    concurrency: {
      group: "checks-${{ github.event_name }}-${{ github.ref }}",
      "cancel-in-progress": true,
    },
    jobs: {
      ...jobs,
      // A job that is skipped counts as one that passed, so this one is not.
      checks: {
        name: "checks",
        needs,
        if: "always()",
        "runs-on": runner,
        "timeout-minutes": 5,
        steps: [
          {
            name: "Whether all of them passed",
            env: { RESULTS: needs.map((each) => `\${{ needs.${each}.result }}`).join(" ") },
            run: 'for result in $RESULTS; do [ "$result" = success ] || exit 1; done',
          },
        ],
      },
    },
  };
}
