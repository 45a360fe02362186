import { keepCompileCache } from "../grpc/compile-cache.ts";
import { serveProvider } from "../provider/serve-provider.ts";
import { commandProvider } from "./command-provider.ts";

keepCompileCache();
await serveProvider(commandProvider);
