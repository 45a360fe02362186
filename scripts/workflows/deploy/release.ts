import { checkout, type Job, runner, script } from "../workflow.ts";

/** GitHub's release of a version that serves. */
export function release(): Job {
  return {
    name: "Release",
    needs: ["deploy"],
    // Without a word of its own about what went before, it would be left out with a plan that is.
    if: "!cancelled() && needs.deploy.result == 'success' && github.ref_type == 'tag'",
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
