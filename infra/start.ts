import "./lean-sdk.ts";
import { isRepository } from "./stack-kind.ts";

// What is imported statically is loaded whole before any of it runs. The plugins are to start, and the back-end to
// answer, while the rest loads.
async function environment() {
  await import("./recorded-images.ts");
  await import("./providers.ts");
  return import("./index.ts");
}

/** Its exports are the stack's outputs. */
export default await (isRepository() ? import("./github/index.ts") : environment());
