import type { RepositorySettings } from "../schema/repository.ts";
import type { BranchingModel } from "./branching/branching-model.ts";
import { gitflow } from "./branching/gitflow.ts";
import { promotion } from "./branching/promotion.ts";
import { trunk } from "./branching/trunk.ts";

const models = { promotion, gitflow, trunk };

/** The rules of the model that is configured. */
export function branchingOf(settings: RepositorySettings): BranchingModel {
  return models[settings.branching](settings);
}
