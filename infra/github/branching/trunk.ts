import {
  type BranchingModel,
  checked,
  kept,
  type ModelSettings,
  mainInLine,
} from "./branching-model.ts";

const versions = ["v*.*.*"];

/**
 * feature -> main, which is deployed to staging, and a tag of a version, which goes to production. A hotfix is a branch
 * from production's tag; it, too, is deployed to staging before it gets a tag.
 */
export function trunk(settings: ModelSettings): BranchingModel {
  return {
    rules: [
      mainInLine(settings),
      {
        name: "hotfixes",
        refs: { branches: ["hotfix/*"] },
        // Begins at production's tag, and goes when main has what it mends.
        rules: { nonFastForward: true, ...checked(settings, { onCreation: false }) },
      },
      {
        name: "who releases",
        refs: { tags: versions },
        rules: { creation: true },
        exceptMaintainers: true,
      },
      {
        name: "versions",
        refs: { tags: versions },
        rules: { ...kept, update: true },
      },
    ],
    deploys: {
      staging: { branches: ["main", "hotfix/*"] },
      production: { tags: versions },
    },
  };
}
