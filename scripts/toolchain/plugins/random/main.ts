import { useCompileCache } from "../grpc/compile-cache.ts";

useCompileCache();
const { serveProvider } = await import("../provider/serve-provider.ts");
const { randomProvider } = await import("./random-provider.ts");
await serveProvider(randomProvider);
