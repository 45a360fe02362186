import { useCompileCache } from "../grpc/compile-cache.ts";

useCompileCache();
const { serveLanguageHost } = await import("./language-host.ts");
await serveLanguageHost();
