import { flushCompileCache } from "node:module";

/**
 * Keeps the compile cache that this process was started with to itself, and returns its directory.
 * Commands and programs that run Node must not find it in their environment. It is written a second after start,
 * because the engine ends a plugin by a signal, after which Node writes nothing.
 */
export function keepCompileCache(): string | undefined {
  const directory = process.env.NODE_COMPILE_CACHE;
  delete process.env.NODE_COMPILE_CACHE;
  setTimeout(flushCompileCache, 1000).unref();
  return directory;
}
