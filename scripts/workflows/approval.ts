import { checkout, runner, script, type Workflow } from "./workflow.ts";

/** Starts the deploy whose plan somebody approves by a comment. Who may is looked at there once more. */
export function approval(): Workflow {
  return {
    name: "Approval",
    on: { issue_comment: { types: ["created"] } },
    jobs: {
      approval: {
        name: "Approval",
        if: "startsWith(github.event.comment.body, '/deploy ')",
        "runs-on": runner,
        "timeout-minutes": 10,
        permissions: {
          actions: "write",
          contents: "read",
          issues: "write",
          "pull-requests": "write",
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
