import type { Target } from "../../../infra/github/branching/branching-model.ts";
import { branchingOf } from "../../../infra/github/branching.ts";
import type { RepositorySettings } from "../../../infra/schema/repository.ts";
import { checkout, type Job, runner, type Step, script } from "../workflow.ts";

/**
 * Which image a run deploys: one that is named to it, else that of its commit's application; where there is none, what
 * runs stays. The first stack that a change comes to builds it. Those after it take the same one, by its digest.
 */
export function image(settings: RepositorySettings, target: Target): Job {
  const { application, image: name = "" } = settings;
  const { deploys } = branchingOf(settings);
  const isFirst = Object.keys(deploys)[0] === target;
  const isVersion = (deploys[target]?.tags ?? []).length > 0;
  // One commit is built once.
  const concurrency = { group: `image-${target}-\${{ github.sha }}`, "cancel-in-progress": false };
  const version: Step = { name: "Version", run: script("publish-release", "--check") };
  const outputs = { reference: "${{ steps.image.outputs.reference }}" };
  if (!application) {
    return {
      name: "Image",
      "runs-on": runner,
      "timeout-minutes": 5,
      permissions: { contents: "read" },
      concurrency,
      outputs,
      steps: [
        ...(isVersion ? [checkout(), version] : []),
        {
          name: "Image",
          id: "image",
          env: { GIVEN: "${{ inputs.image }}" },
          run: 'echo "reference=$GIVEN" >>"$GITHUB_OUTPUT"',
        },
      ],
    };
  }
  const env = {
    GIVEN: "${{ inputs.image }}",
    APPLICATION: application,
    NAME: name,
    REGISTRY_USER: "${{ github.actor }}",
    REGISTRY_PASSWORD: "${{ github.token }}",
  };
  return {
    name: "Image",
    "runs-on": runner,
    "timeout-minutes": 60,
    permissions: {
      contents: "read",
      packages: isFirst ? "write # to push it" : "read # to find it",
    },
    concurrency,
    outputs,
    steps: [
      checkout(),
      ...(isVersion ? [version] : []),
      {
        name: "Image",
        id: "image",
        env,
        run: `scripts/pipeline/image.sh ${isFirst ? "build" : "find"}`,
      },
    ],
  };
}
