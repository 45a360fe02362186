import {
  type BranchingModel,
  checked,
  kept,
  type ModelSettings,
  reviewed,
} from "./branching-model.ts";

/** feature -> staging -> main: what comes to staging is deployed there, what is merged to main goes to production. */
export function promotion(settings: ModelSettings): BranchingModel {
  const byPullRequest = settings.stagingPushes === "pull-request";
  return {
    rules: [
      {
        name: "main",
        refs: { branches: ["main"] },
        rules: {
          ...kept,
          ...checked(settings, { strict: true }),
          ...reviewed(settings.approvals, ["squash", "rebase"]),
          requiredLinearHistory: true,
        },
      },
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
