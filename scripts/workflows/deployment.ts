import type { Target } from "../../infra/github/branching/branching-model.ts";
import { featuresOf } from "../../infra/github/plan-limits.ts";
import type { RepositorySettings } from "../../infra/schema/repository.ts";
import { type Step, script } from "./workflow.ts";

/** What a job does around a deploy so that GitHub shows it. */
export interface Deployment {
  begin: Step[];
  /** Behind a step `report`, which knows the address. */
  end: Step[];
  permissions: Record<string, string>;
}

/** Nothing where the job uses an environment: there GitHub does it by itself. */
export function deploymentOf(settings: RepositorySettings, target: Target): Deployment {
  if (featuresOf(settings).environments) return { begin: [], end: [], permissions: {} };
  const GITHUB_TOKEN = "${{ github.token }}";
  return {
    begin: [
      {
        name: "Deployment",
        id: "deployment",
        env: { STACK: target, GITHUB_TOKEN },
        run: script("begin-deployment", '--stack "$STACK"'),
      },
    ],
    end: [
      {
        name: "What came of the deployment",
        if: "always() && steps.deployment.outputs.id != ''",
        env: {
          DEPLOYMENT: "${{ steps.deployment.outputs.id }}",
          RESULT: "${{ job.status }}",
          URL: "${{ steps.report.outputs.url }}",
          GITHUB_TOKEN,
        },
        run: script(
          "end-deployment",
          '--deployment "$DEPLOYMENT" --result "$RESULT" ${URL:+--url "$URL"}',
        ),
      },
    ],
    permissions: { deployments: "write # to show it among the deployments" },
  };
}
