import * as pulumi from "@pulumi/pulumi";
import { readRepository } from "../settings.ts";
import { declareEnvironments } from "./environments.ts";
import { unenforced } from "./plan-limits.ts";
import { reachRepository } from "./reach-repository.ts";
import { declareRules } from "./rules.ts";

const settings = readRepository();
for (const sentence of unenforced(settings)) await pulumi.log.warn(sentence);
const repository = await reachRepository(settings);

declareRules(settings, repository);
declareEnvironments(settings, repository);

export const url = repository.url;
