import { branchingOf } from "../../infra/github/branching.ts";
import type { RepositorySettings } from "../../infra/schema/repository.ts";
import { surroundingsOf } from "./surroundings.ts";
import { checkout, runner, script, type Workflow } from "./workflow.ts";

/**
 * What a pull request would change, in one comment. Its code gets what the environment `preview` has and nothing of
 * production's; one from a fork gets nothing.
 */
export function preview(settings: RepositorySettings): Workflow {
  const branches = branchingOf(settings).rules.flatMap(({ refs }) => refs.branches ?? []);
  const { environment, given } = surroundingsOf(settings, "preview");
  return {
    name: "Preview",
    on: { pull_request: { branches } },
    concurrency: { group: "preview-${{ github.ref }}", "cancel-in-progress": true },
    jobs: {
      preview: {
        name: "Preview",
        if: "github.event.pull_request.head.repo.full_name == github.repository",
        "runs-on": runner,
        "timeout-minutes": 15,
        ...(environment ? { environment } : {}),
        permissions: { contents: "read", "pull-requests": "write # to comment" },
        steps: [
          checkout(0),
          {
            name: "Plan of staging, settings of production, migrations",
            env: { ...given, BASE: "${{ github.event.pull_request.base.sha }}" },
            run: 'npm run --silent review -- --stack staging --settings production --since "$BASE" >"$RUNNER_TEMP/review.md"',
          },
          {
            name: "Comment",
            env: {
              GITHUB_TOKEN: "${{ github.token }}",
              NUMBER: "${{ github.event.pull_request.number }}",
            },
            run: `${script("post-comment", '--number "$NUMBER" --about preview')} <"$RUNNER_TEMP/review.md"`,
          },
        ],
      },
    },
  };
}
