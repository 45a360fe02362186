import { createRequire } from "node:module";
import { keepCompileCache } from "../grpc/compile-cache.ts";
import { deferModule } from "./defer-module.ts";

// Usage: node program-entry.ts PATH_OF_THE_SDKS_RUN_MODULE ARGUMENT_OF_THAT_MODULE ...
const [run = ""] = process.argv.splice(2, 1);
const require = createRequire(run);

keepCompileCache();
if (process.env.PULUMI_NODEJS_TYPESCRIPT !== "true") {
  // The SDK needs these two only to serialize functions, and they take more time to load than the rest of it.
  deferModule(require, "typescript");
  deferModule(require, "@npmcli/arborist");
}
require(run);
