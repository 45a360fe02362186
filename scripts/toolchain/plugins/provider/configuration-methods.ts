import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import rpc from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { unary } from "../grpc/serve.ts";
import { setEngineAddress } from "./engine-log.ts";
import { cancelOperations } from "./operation.ts";
import type { Provider } from "./provider.ts";

/** The methods about the provider itself; it has no configuration of its own. */
export function configurationMethods({ spec }: Provider): UntypedServiceImplementation {
  return {
    handshake: unary((request: rpc.ProviderHandshakeRequest) => {
      setEngineAddress(request.getEngineAddress());
      const response = new rpc.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      return response;
    }),
    checkConfig: unary((request: rpc.CheckRequest) => {
      const response = new rpc.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    diffConfig: unary(() => {
      const response = new rpc.DiffResponse();
      response.setChanges(rpc.DiffResponse.DiffChanges.DIFF_NONE);
      return response;
    }),
    configure: unary(() => {
      const response = new rpc.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      return response;
    }),
    attach: unary((request: plugin.PluginAttach) => {
      setEngineAddress(request.getAddress());
      return new empty.Empty();
    }),
    getPluginInfo: unary(() => {
      const response = new plugin.PluginInfo();
      response.setVersion(spec.version);
      return response;
    }),
    getSchema: unary(() => {
      const response = new rpc.GetSchemaResponse();
      response.setSchema(JSON.stringify(spec));
      return response;
    }),
    getMapping: unary(() => new rpc.GetMappingResponse()),
    getMappings: unary(() => new rpc.GetMappingsResponse()),
    cancel: unary(() => {
      cancelOperations();
      return new empty.Empty();
    }),
  };
}
