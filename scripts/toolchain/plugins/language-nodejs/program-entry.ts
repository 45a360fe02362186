import { createRequire } from "node:module";
import { keepCompileCache } from "../grpc/compile-cache.ts";
import { deferModule } from "./defer-module.ts";

// Usage: node program-entry.ts PATH_OF_THE_SDKS_RUN_MODULE ARGUMENT_OF_THAT_MODULE ...
const [run = ""] = process.argv.splice(2, 1);
const require = createRequire(run);

keepCompileCache();
if (process.env.PULUMI_NODEJS_TYPESCRIPT !== "true") {
  // The SDK needs the first two only to serialize functions, and programs hardly ever use the third; together they take
  // more time to load than the rest of it.
  for (const name of ["typescript", "@npmcli/arborist", "@pulumi/pulumi/automation"]) {
    deferModule(require, name);
  }
}
require(run);
