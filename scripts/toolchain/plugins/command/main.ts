import { useCompileCache } from "../grpc/compile-cache.ts";

useCompileCache();
const { serveProvider } = await import("../provider/serve-provider.ts");
const { commandProvider } = await import("./command-provider.ts");
await serveProvider(commandProvider);
