import { keepCompileCache } from "../grpc/compile-cache.ts";
import { serveProvider } from "../provider/serve-provider.ts";
import { randomProvider } from "./random-provider.ts";

keepCompileCache();
await serveProvider(randomProvider);
