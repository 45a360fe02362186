import { keepCompileCache } from "../grpc/compile-cache.ts";
import { serveLanguageHost } from "./language-host.ts";

await serveLanguageHost(keepCompileCache());
