import {
  type BranchingModel,
  checked,
  kept,
  type ModelSettings,
  reviewed,
} from "./branching-model.ts";

/**
 * feature -> develop -> release/* -> main, and hotfix/* -> main: develop is deployed to development, a release or a
 * hotfix to staging, main to production.
 */
export function gitflow(settings: ModelSettings): BranchingModel {
  const releases = ["release/*", "hotfix/*"];
  return {
    rules: [
      {
        name: "main",
        refs: { branches: ["main"] },
        // Merged as they are, so that develop can take them back.
        rules: {
          ...kept,
          ...checked(settings, { strict: true }),
          ...reviewed(settings.approvals, ["merge"]),
        },
      },
      {
        name: "develop",
        refs: { branches: ["develop"] },
        rules: {
          ...kept,
          ...checked(settings),
          ...reviewed(settings.approvals, ["merge", "squash"]),
        },
      },
      {
        name: "releases",
        refs: { branches: releases },
        // Removed after they are merged. The first push may come before any check of it has run.
        rules: { nonFastForward: true, ...checked(settings, { onCreation: false }) },
      },
    ],
    deploys: {
      development: { branches: ["develop"] },
      staging: { branches: releases },
      production: { branches: ["main"] },
    },
  };
}
