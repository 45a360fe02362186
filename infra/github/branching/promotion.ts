import {
  type BranchingModel,
  checked,
  kept,
  type ModelSettings,
  mainInLine,
  reviewed,
} from "./branching-model.ts";

/** feature -> staging -> main: what comes to staging is deployed there, what is merged to main goes to production. */
export function promotion(settings: ModelSettings): BranchingModel {
  const byPullRequest = settings.stagingPushes === "pull-request";
  return {
    rules: [
      mainInLine(settings),
      {
        name: "staging",
        refs: { branches: ["staging"] },
        rules: {
          ...kept,
          ...checked(settings),
          ...(byPullRequest ? reviewed(0, ["merge", "squash", "rebase"]) : {}),
        },
      },
    ],
    deploys: { staging: { branches: ["staging"] }, production: { branches: ["main"] } },
  };
}
