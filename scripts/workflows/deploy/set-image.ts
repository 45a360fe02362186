import type { Step } from "../workflow.ts";

/** The image of the run, for `env`. */
export const chosenImage = { IMAGE: "${{ needs.image.outputs.reference }}" };

/** Names the image in this checkout alone: what runs is in the state, and no file has to say it. */
export function setImage(given: Record<string, string>): Step {
  return {
    name: "Image",
    if: "needs.image.outputs.reference != ''",
    env: { ...given, ...chosenImage },
    run: 'npm run --silent pulumi -- --stack "$STACK" config set --path slipway:app.image "$IMAGE"',
  };
}
