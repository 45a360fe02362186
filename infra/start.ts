import "./lean-sdk.ts";
import { isRepository } from "./stack-kind.ts";

// What is imported statically is loaded whole before any of it runs. The plugins are to start while the rest loads.
async function environment() {
  await import("./providers.ts");
  return import("./index.ts");
}

async function repository() {
  return { ...(await import("./github/index.ts")), release: undefined, volumes: undefined };
}

export const { url, release, volumes } = await (isRepository() ? repository() : environment());
