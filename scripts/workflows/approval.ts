import { checkout, runner, script, type Workflow } from "./workflow.ts";

/** Starts the deploy whose plan somebody approves by a comment. Who may is looked at there once more. */
export function approval(): Workflow {
  return {
    name: "Approval",
    on: { issue_comment: { types: ["created"] } },
    // What runs is the default branch, and of the comment no more than its two words is read.
    remarks: { "  issue_comment:": "zizmor: ignore[dangerous-triggers]" },
    concurrency: {
      group: "approval-${{ github.event.issue.number }}",
      "cancel-in-progress": false,
    },
    jobs: {
      approval: {
        name: "Approval",
        if: "startsWith(github.event.comment.body, '/deploy ')",
        "runs-on": runner,
        "timeout-minutes": 10,
        permissions: {
          actions: "write # to start the deploy",
          contents: "read",
          issues: "write # to say why nothing is deployed",
          "pull-requests": "write # the same below a pull request",
        },
        steps: [
          checkout(),
          {
            name: "Approval",
            env: { GITHUB_TOKEN: "${{ github.token }}" },
            run: script("take-approval"),
          },
        ],
      },
    },
  };
}
