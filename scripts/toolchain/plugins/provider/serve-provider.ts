import grpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { serve } from "../grpc/serve.ts";
import { configurationMethods } from "./configuration-methods.ts";
import { isOperating } from "./operation.ts";
import type { Provider } from "./provider.ts";
import { resourceMethods } from "./resource-methods.ts";

/** Serves a provider to the engine that started this process. */
export function serveProvider(provider: Provider): Promise<void> {
  return serve(
    grpc.ResourceProviderService,
    { ...configurationMethods(provider), ...resourceMethods(provider) },
    isOperating,
  );
}
