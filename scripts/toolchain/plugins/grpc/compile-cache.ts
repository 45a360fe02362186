import { enableCompileCache, flushCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where Node keeps compiled code between runs: in the user's cache, shared by all checkouts. */
export const compileCacheDirectory = join(
  process.env.XDG_CACHE_HOME || join(homedir(), ".cache"),
  "slipway",
  "node-compile-cache",
);

/**
 * Makes the modules that are imported from here on load from compiled code. Call it before the first
 * dynamic import. The cache is written a second after start, because the engine ends a plugin by a
 * signal, after which Node writes nothing.
 */
export function useCompileCache(): void {
  enableCompileCache(compileCacheDirectory);
  setTimeout(flushCompileCache, 1000).unref();
}
