import { checkout, type Job, runner, script } from "../workflow.ts";

/** GitHub's release of a version that serves. */
export function release(): Job {
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
